import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { REGION } from '../../../local/aws';
import { Deployment } from '../../../local/deploy/deployment';
import { output } from '../../../local/deploy/stacks';
import { Edge, EDGE_DEFAULTS } from '../../../local/edge/server';
import { readApi } from '../../../local/gateway/definition';
import { Gateway } from '../../../local/gateway/gateway';
import { establishIsolation, type Isolation } from '../../../local/isolation/isolation';
import { LambdaService } from '../../../local/lambda/service';
import { observe } from '../../../local/operations/observe';
import type { QueueDepths } from '../../../local/operations/queue-depths';
import { choosePort } from '../../../local/process/ports';
import { perLanguage } from '../../../local/runtimes';
import { Parts } from '../../../local/system/parts';
import { StateFolder, type StackOutputs } from '../../../local/system/state-folder';
import { REPOSITORY } from '../../support/system';
import { ConfusedClocks } from './confused-clocks';
import { FaultProxy, type Exchange } from './fault-proxy';
import { LambdaFront } from './lambda-front';
import { RestartableEmulator } from './restartable-emulator';
import { StoreFaults } from './store-faults';

/**
 * A whole system out of the parts of `npm start`, with something to break between them:
 *
 *     caller ─ edge ─ emulator's HTTP API ─ Lambda service ─ functions ─┬─ store faults ─ emulator (DynamoDB, S3, SQS)
 *                                                                       └─ Lambda front ─ Lambda service
 */
export interface FaultSystem {
  /** Origin of the API. */
  readonly url: string;
  /** The emulator itself, past all faults. */
  readonly awsEndpoint: string;
  readonly outputs: StackOutputs;
  /** For tools of ours, which find the system by it. */
  readonly stateDir: string;
  readonly emulator: RestartableEmulator;
  readonly store: StoreFaults;
  readonly lambda: LambdaFront;
  readonly clocks: ConfusedClocks;
  /** Says how many dead letters there are, when it is asked to look. */
  readonly queues: QueueDepths;
  stop(): Promise<void>;
}

const LIMITS = {
  concurrency: 6,
  streamConcurrency: 12,
  environments: 40,
  queue: 256,
  waitMs: 20_000,
  initTimeoutMs: 20_000,
  idleTimeoutMs: 10 * 60_000,
};
const RETRY_DELAYS_MS = [1_000, 2_000];

type OnCall = (exchange: Exchange) => Promise<void>;

/**
 * Throws where a part does not come up; nothing is left running then.
 * @param onCall sees every AWS call of the functions; the call waits for it
 */
export async function startFaultSystem(
  report: (message: string) => void,
  onCall: OnCall = () => Promise.resolve(),
): Promise<FaultSystem> {
  const parts = new Parts();
  try {
    return await bringUp(parts, report, onCall);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function bringUp(parts: Parts, report: (message: string) => void, onCall: OnCall): Promise<FaultSystem> {
  await mkdir(path.join(REPOSITORY, '.narae'), { recursive: true });
  const folder = new StateFolder(await mkdtemp(path.join(REPOSITORY, '.narae', 'test-faults-')));
  parts.add('state', () => rm(folder.dir, { recursive: true, force: true }));
  await folder.create();
  const isolation = await establishIsolation({
    environment: process.env,
    nodePath: process.execPath,
    network: 'none',
    dir: path.join(folder.work(), 'probe'),
  });
  const emulator = await RestartableEmulator.start({
    root: REPOSITORY,
    stateDir: folder.emulator(),
    logFile: path.join(folder.logs(), 'emulator.log'),
    port: await choosePort(undefined),
    snapshotSeconds: 10,
  });
  parts.add('AWS emulator', () => emulator.stop());

  const beforeStore = await FaultProxy.start();
  parts.add('store faults', () => beforeStore.stop());
  beforeStore.leadTo(emulator.endpoint);
  const store = new StoreFaults();
  beforeStore.decideBy(async (exchange) => {
    await onCall(exchange);
    return store.decide(exchange);
  });

  const beforeLambda = await FaultProxy.start();
  parts.add('Lambda front', () => beforeLambda.stop());
  const clocks = new ConfusedClocks();
  const service = await startLambda(folder, isolation, clocks, beforeStore.endpoint, beforeLambda.endpoint, report);
  parts.add('Lambda service', () => service.stop());
  beforeLambda.leadTo(service.endpoint);
  for (const proxy of [beforeStore, beforeLambda]) proxy.seeThrough((connection) => service.originOf(connection));
  const lambda = new LambdaFront(service.endpoint);
  beforeLambda.decideBy(async (exchange) => {
    await onCall(exchange);
    return lambda.decide(exchange);
  });

  const outputs = await deploy(folder, parts, emulator.endpoint, service.endpoint);
  const api = await readApi(emulator.endpoint, output(outputs, 'api', 'ApiId'));
  const { answered, queues } = observe(emulator.endpoint, api.apiId, parts);
  const gateway = await Gateway.start({ invoke: (call) => service.invoke(call), api, answered, report });
  parts.add('HTTP API', () => gateway.stop());
  const edge = await Edge.start({
    ...EDGE_DEFAULTS,
    host: '127.0.0.1',
    port: 0,
    api: { origin: gateway.origin, prefix: '' },
    stream: { origin: service.endpoint, prefix: `/url/${output(outputs, 'engine', 'StreamFunctionName')}` },
    streamPaths: output(outputs, 'engine', 'StreamPaths').split(','),
  });
  parts.add('edge', () => edge.stop());
  const url = `http://127.0.0.1:${edge.port}`;
  await folder.writeSystem({
    url,
    awsEndpoint: emulator.endpoint,
    lambdaEndpoint: service.endpoint,
    region: REGION,
    pid: process.pid,
    ports: { emulator: 0, lambda: 0, functions: 0, edge: edge.port },
    outputs,
    auth: 'none',
    isolation: { tier: isolation.tier, gaps: isolation.gaps },
    versions: perLanguage((language) => isolation.interpreters[language].version),
    logs: folder.logs(),
  });
  const stop = async () => {
    const problems = await parts.stop();
    if (problems.length > 0) throw new Error(problems.join('\n'));
  };
  return {
    url,
    awsEndpoint: emulator.endpoint,
    outputs,
    stateDir: folder.dir,
    emulator,
    store,
    lambda,
    clocks,
    queues,
    stop,
  };
}

const startLambda = (
  folder: StateFolder,
  isolation: Isolation,
  clocks: ConfusedClocks,
  awsEndpoint: string,
  seenAs: string,
  report: (message: string) => void,
): Promise<LambdaService> =>
  LambdaService.start({
    port: 0,
    awsEndpoint,
    seenAs,
    surroundings: {
      nodePath: process.execPath,
      nodeModules: path.join(REPOSITORY, 'node_modules'),
      environment: (taskRoot) => ({ ...isolation.environment(taskRoot), ...clocks.environment() }),
    },
    logDir: folder.logs(),
    workDir: folder.work(),
    eventDir: folder.events(),
    limits: LIMITS,
    retryDelaysMs: RETRY_DELAYS_MS,
    report,
  });

async function deploy(
  folder: StateFolder,
  parts: Parts,
  awsEndpoint: string,
  lambdaEndpoint: string,
): Promise<StackOutputs> {
  const deployment = new Deployment(
    {
      root: REPOSITORY,
      nodePath: process.execPath,
      awsEndpoint,
      proxyUrl: `${lambdaEndpoint}/invoke`,
      auth: 'none',
      outDir: folder.cdkOut(),
      logFile: path.join(folder.logs(), 'cdk.log'),
      onStart: (program) => parts.add(program.name, () => program.stop(2_000)),
    },
    { auth: 'none' },
  );
  try {
    await deployment.bootstrap();
    return await deployment.deploy(() => undefined);
  } finally {
    deployment.close();
  }
}
