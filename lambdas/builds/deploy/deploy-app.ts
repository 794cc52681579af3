import { setTimeout } from 'node:timers/promises';
import { maySee, type Principal } from '../../platform/auth/principal';
import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import type { StartExecution } from '../../platform/pipeline/start-execution';
import type { Clock } from '../../platform/time/clock';
import type { DeployResponse } from '../contract';
import { DEPLOY_ANSWER_MS } from '../limits';
import type { OpenRegistry } from '../oci/open-registry';
import type { Registries } from '../request/registries';
import type { buildsRoutes } from '../routes';
import type { SpinConfiguration } from '../spin-target/contract';
import type { AppRecord, DeployRecord } from './app-record';
import type { AppStore } from './app-store';
import { end } from './advance';
import { beginDeploy } from './begin-deploy';
import { resolveImage, targetOf } from './image';
import { checkSettings, decideSettings } from './settings';

export interface DeployPorts {
  readonly clock: Clock;
  readonly apps: AppStore;
  readonly registries: Registries;
  readonly openRegistry: OpenRegistry;
  /** Which apps may be deployed to. */
  readonly namespaces: readonly string[];
  /** Of the target spin; undefined where the installation has none. */
  readonly spin: SpinConfiguration | undefined;
  readonly startDeploy: StartExecution;
}

/** The HTTP API gives up at 30 s: what is written down and answered after waiting takes its time too, ms. */
const ANSWER_MARGIN_MS = 3_800;
/** A first look comes soon, later ones less often, ms. */
const LOOK_MS = { first: 150, most: 600 } as const;

/**
 * Deploys an image: names, target and settings are decided, a state machine applies them, and the caller is told what is
 * known within 25 s (docs/contracts/builds.md#deploy-time). What is refused leaves nothing behind.
 */
export const deployApp =
  (ports: DeployPorts): UseCases<typeof buildsRoutes>['deployApp'] =>
  async ({ body }, { principal, remainingMs }) => {
    const until = performance.now() + Math.min(DEPLOY_ANSWER_MS, remainingMs() - ANSWER_MARGIN_MS);
    checkSettings(body);
    if (!ports.namespaces.includes(body.namespace))
      throw new AppError('NAMESPACE_NOT_FOUND', `There is no namespace ${body.namespace} to deploy to.`, {
        details: { field: 'namespace' },
      });
    const image = await resolveImage(body.image_ref, ports);
    const target = targetOf(body.target, image);
    if (target === 'spin' && ports.spin === undefined)
      throw new AppError('TARGET_UNAVAILABLE', 'This installation has no Kubernetes cluster.');
    const owner = await ownerOf(body.function_id ?? null, principal, ports.apps);
    const decided = decideSettings(target, body, owner.row, ports.spin ?? { overlays: false });
    const { workspace, functionId } = owner;
    const begun = await beginDeploy(
      {
        namespace: body.namespace,
        name: body.app_name ?? null,
        claimant: { workspace, functionId, maySee: (one) => maySee(principal, one) },
        ofFunction: owner.row !== undefined,
        isKnown: owner.isKnown,
        deployment: {
          target,
          image: { repository: image.repository, digest: image.digest },
          functionId,
          workspaceId: owner.row ? workspace : null,
          settings: decided.settings,
        },
        request: { ...body, app_name: null, image_ref: `${image.repository}@${image.digest}`, target },
      },
      { apps: ports.apps, now: ports.clock.now },
    );
    await start(begun, ports);
    const deploy = await followed(begun.app, until, ports);
    const { ignoredFields, warnings, settings } = decided;
    return {
      body: {
        app_name: begun.app.name,
        namespace: begun.app.namespace,
        service_name: begun.app.name,
        ...statusOf(deploy),
        enable_autoscaling: settings.enableAutoscaling,
        use_spot: settings.useSpot,
        error: null,
        target,
        ignored_fields: [...ignoredFields],
        warnings: [...warnings, ...deploy.warnings],
      },
    };
  };

/** Whose the app is: of the function, if the caller may see it. An id need not be of a function. */
async function ownerOf(functionId: string | null, principal: Principal, { functions }: AppStore) {
  const nobodys = { workspace: principal.workspace, functionId, row: undefined };
  if (functionId === null) return { ...nobodys, isKnown: false };
  const workspace = await functions.workspaceOf(functionId);
  if (workspace === undefined) return { ...nobodys, isKnown: true };
  if (!maySee(principal, workspace)) return { ...nobodys, isKnown: false };
  return { workspace, functionId, row: await functions.find(workspace, functionId), isKnown: true };
}

/** Has it worked on. @throws AppError `SERVICE_UNAVAILABLE` */
async function start({ app, joined }: { readonly app: AppRecord; readonly joined: boolean }, ports: DeployPorts) {
  const { namespace, name, deploy } = app;
  const order = { kind: 'deploy' as const, app: { namespace, name }, deploy: deploy.id };
  try {
    // Also one that was joined: who began it may be gone before this. A repeated start finds the first.
    await ports.startDeploy(`deploy-${deploy.id}`, order);
  } catch (cause) {
    if (joined) return;
    await end(order, { code: 'TARGET_UNAVAILABLE', message: 'The deploy could not be begun.' }, ports);
    throw new AppError('SERVICE_UNAVAILABLE', 'The deploy could not be begun. Try again shortly.', { cause });
  }
}

/** Waits for its end as long as the caller does. @throws AppError of a deploy that failed */
async function followed(
  { namespace, name, deploy }: AppRecord,
  until: number,
  ports: DeployPorts,
): Promise<DeployRecord> {
  let pause: number = LOOK_MS.first;
  for (let found = deploy; ; pause = Math.min(LOOK_MS.most, pause * 1.5)) {
    await setTimeout(pause * (0.75 + Math.random() / 2));
    const now = await ports.apps.find({ namespace, name });
    // Another deploy may have begun since: then this one is over, and all that is known of it is what was seen.
    if (now?.deploy.id === deploy.id) found = now.deploy;
    if (found.failure) throw new AppError(found.failure.code, found.failure.message);
    if (found.state !== 'running' || now?.deploy.id !== deploy.id || performance.now() > until) return found;
  }
}

const statusOf = ({ endpoint }: DeployRecord): Pick<DeployResponse, 'service_status' | 'endpoint'> => ({
  service_status: endpoint === null ? 'pending' : 'found',
  endpoint,
});
