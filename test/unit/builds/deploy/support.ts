import { randomUUID } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  AppNameTaken,
  type Applied,
  type Deployment,
  type DeployTarget,
} from '../../../../lambdas/builds/deploy-target';
import { appHandlers, type DeployerPorts } from '../../../../lambdas/builds/deploy/advance';
import { AppStore } from '../../../../lambdas/builds/deploy/app-store';
import { deployApp, type DeployPorts } from '../../../../lambdas/builds/deploy/deploy-app';
import { appDeploys } from '../../../../lambdas/builds/deploy/pipeline';
import type { DeployRequest, DeployResponse } from '../../../../lambdas/builds/contract';
import { Registries } from '../../../../lambdas/builds/request/registries';
import { dispatcher } from '../../../../lambdas/platform/pipeline/dispatcher';
import type { StartExecution } from '../../../../lambdas/platform/pipeline/start-execution';
import type { Principal } from '../../../../lambdas/platform/auth/principal';
import { createFunction } from '../../../../lambdas/functions/registry/functions';
import { testDynamo } from '../../../support/aws';
import { context, INPUT, testService, type TestService } from '../../functions/support';
import { registryAt, smallComponent, smallZip } from '../oci/support';

export const READY: Applied = { state: 'ready', endpoint: 'http://127.0.0.1:9/', warnings: [] };
export const WAITING: Applied = { state: 'waiting', endpoint: null, warnings: [] };
export { AppNameTaken };

/** A place where apps run as a test says; it keeps what it was asked. */
export class ScriptedTarget implements DeployTarget {
  readonly applied: Deployment[] = [];
  readonly removed: Deployment['app'][] = [];
  /** What comes next; the last one is said again. Errors are thrown. */
  answers: (Applied | Error)[] = [READY];

  apply(deployment: Deployment): Promise<Applied> {
    this.applied.push(deployment);
    const [answer = READY, ...later] = this.answers;
    if (later.length > 0) this.answers = later;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  remove(app: Deployment['app']): Promise<'gone'> {
    this.removed.push(app);
    return Promise.resolve('gone');
  }
}

export interface DeployService extends TestService {
  readonly apps: AppStore;
  readonly lambda: ScriptedTarget;
  readonly spin: ScriptedTarget;
  /** Started executions by name, each as often as it was started. */
  readonly started: string[];
  /** Does what a state machine does, until there is nothing more to do; waiting ends at once. */
  run(order: object): Promise<void>;
  deploy(body: Partial<DeployRequest>, options?: Options): Promise<DeployResponse>;
  newFunction(workspace?: string): Promise<{ readonly workspaceId: string; readonly functionId: string }>;
  /** References of an image of each kind, by tag. */
  readonly images: { readonly zip: string; readonly other: string; readonly component: string };
}

interface Options {
  readonly principal?: Principal;
  readonly remainingMs?: number;
}

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';

/** The use case and the worker on real stores and a real registry; what is between them, and targets, is of the test. */
export async function deployService(change: Partial<DeployPorts> = {}): Promise<DeployService> {
  const room = await testService();
  const apps = new AppStore(testDynamo(), room.tables.entities);
  const [lambda, spin] = [new ScriptedTarget(), new ScriptedTarget()];
  const repository = `apps-${randomUUID()}`;
  const host = new URL(endpoint).host;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  await new ECRClient({ endpoint, region: 'us-east-1', credentials }).send(
    new CreateRepositoryCommand({ repositoryName: repository }),
  );
  const registry = registryAt(endpoint, repository);
  await registry.push(smallZip('one'), 'zip');
  await registry.push(smallZip('other'), 'other');
  await registry.push(smallComponent('one'), 'component');
  registry.close();
  const started: string[] = [];
  const deployer: DeployerPorts = { clock: room.clock, apps, targets: { lambda, spin }, report: () => undefined };
  const dispatch = dispatcher(appDeploys, appHandlers(deployer));
  const run = async (order: object): Promise<void> => {
    for (let tries = 0; ; tries += 1) if ((await dispatch({ step: 'advance', order, tries })).next !== 'again') return;
  };
  const startDeploy: StartExecution = async (name, order) => {
    if (!started.includes(name)) await run(order);
    started.push(name);
  };
  const ports: DeployPorts = {
    clock: room.clock,
    apps,
    registries: new Registries(`${host}/${repository}`, []),
    openRegistry: ({ repository: of }) => registryAt(endpoint, of),
    namespaces: ['default', 'shop'],
    spin: undefined,
    startDeploy,
    ...change,
  };
  return {
    ...room,
    apps,
    lambda,
    spin,
    started,
    run,
    images: {
      zip: `${host}/${repository}:zip`,
      other: `${host}/${repository}:other`,
      component: `${host}/${repository}:component`,
    },
    deploy: async (body, { principal, remainingMs = 28_800 } = {}) => {
      const whole: DeployRequest = { namespace: 'default', image_ref: `${host}/${repository}:zip`, ...body };
      const call = { ...context(principal), remainingMs: () => remainingMs };
      return (await deployApp(ports)({ params: undefined, query: undefined, body: whole }, call)).body;
    },
    newFunction: async (workspaceId = 'ws-default') => {
      const params = { workspaceId };
      const { body } = await createFunction(room.ports)({ params, query: undefined, body: INPUT }, context());
      return { workspaceId, functionId: body.id };
    },
  };
}
