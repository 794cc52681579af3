import { rm } from 'node:fs/promises';
import path from 'node:path';
import { REGION } from '../aws';
import { isLoopback, SettingsError, type Settings } from '../cli/settings';
import type { Progress } from '../cli/progress';
import { Deployment } from '../deploy/deployment';
import { keepModelKey } from '../deploy/model-key';
import { output } from '../deploy/stacks';
import { Edge, EDGE_DEFAULTS } from '../edge/server';
import { startEmulator, venvOf, type Emulator } from '../emulator/ministack';
import { predecessorEnded } from '../emulator/predecessor';
import { readApi, type ApiDefinition } from '../gateway/definition';
import { Gateway } from '../gateway/gateway';
import { establishIsolation, type Isolation } from '../isolation/isolation';
import { readPackageClients } from '../isolation/package-clients';
import { LambdaService } from '../lambda/service';
import { observe } from '../operations/observe';
import { recordCalls } from '../recording/record-calls';
import { hasCode } from '../process/errors';
import { perLanguage } from '../runtimes';
import { choosePort } from '../process/ports';
import { describeEnd } from '../process/program';
import type { Parts } from './parts';
import { WarmUp } from './warm-up';
import type { InnerPorts, StackOutputs, StateFolder, SystemFile } from './state-folder';

export interface SystemContext {
  readonly root: string;
  readonly settings: Settings;
  readonly folder: StateFolder;
  readonly progress: Progress;
  /** Everything that is started is put here, to be stopped whatever happens. */
  readonly parts: Parts;
  /** Called when a part ends that nobody asked to. */
  readonly failed: (reason: string) => void;
}

/** A system that serves. */
export interface RunningSystem {
  readonly facts: SystemFile;
  readonly isolation: Isolation;
  readonly lambda: LambdaService;
  readonly deployment: Deployment;
  /** After a deployment: what changed is read anew. */
  readonly refresh: () => Promise<void>;
}

/** Ports tried after the wanted one. */
const NEXT_PORTS = 50;
const LAMBDA_LIMITS = {
  streamConcurrency: 32,
  queue: 256,
  waitMs: 20_000,
  initTimeoutMs: 10_000,
  idleTimeoutMs: 10 * 60_000,
};
/** Lambda waits one minute and two before it tries an event again; nobody at a laptop does. */
const RETRY_DELAYS_MS = [1_000, 2_000];

/**
 * Brings everything up: emulator, Lambda service, deployment, edge.
 * Throws where a part does not come up; what was started before is in `parts`.
 */
export async function startSystem(context: SystemContext): Promise<RunningSystem> {
  const { settings, folder, progress, parts } = context;
  await folder.create();
  await folder.removeSystem();
  const checking = checkIsolation(context);
  // Reported where it is awaited; the emulator's failure may come first.
  checking.catch(() => undefined);
  const { emulator, ports } = await progress.step('AWS emulator', () => startInner(context));
  const isolation = await progress.step('Isolation of user code', () => checking);
  const lambda = await startLambda(context, emulator, ports, isolation);
  const deployment = deploymentOf(context, emulator, lambda);
  if (settings.modelKey !== undefined) await keepModelKey(emulator.endpoint, settings.modelKey);
  const outputs = await deploy(context, deployment);
  const api = await readApi(emulator.endpoint, output(outputs, 'api', 'ApiId'));
  const gateway = await startGateway(context, emulator, lambda, api);
  const edge = await startEdge(settings, gateway, lambda, outputs);
  parts.add('edge', () => edge.stop());
  lambda.resumeEvents();
  const warmUp = new WarmUp({
    api: gateway.origin,
    routes: api.routes,
    urls: [`${lambda.endpoint}${streamPrefix(outputs)}/`],
    report: (message) => progress.line(`  ! ${message}`),
  });
  parts.add('warm-up', () => warmUp.stop());
  await warmUp.wait();
  const facts: SystemFile = {
    url: `http://${isLoopback(settings.host) ? 'localhost' : settings.host}:${edge.port}`,
    awsEndpoint: emulator.endpoint,
    lambdaEndpoint: lambda.endpoint,
    region: REGION,
    pid: process.pid,
    ports: { ...ports, edge: edge.port },
    outputs,
    auth: settings.auth,
    isolation: { tier: isolation.tier, gaps: isolation.gaps },
    versions: perLanguage((language) => isolation.interpreters[language].version),
    logs: folder.logs(),
  };
  await folder.writeSystem(facts);
  parts.add('system.json', () => folder.removeSystem());
  const refresh = async () => {
    await lambda.refresh();
    gateway.use(await readApi(emulator.endpoint, output(outputs, 'api', 'ApiId')));
  };
  return { facts, isolation, lambda, deployment, refresh };
}

async function checkIsolation({ root, settings, folder }: SystemContext): Promise<Isolation> {
  const isolation = await establishIsolation({
    environment: process.env,
    nodePath: process.execPath,
    network: settings.network,
    dir: path.join(folder.work(), 'probe'),
    packageClients: await readPackageClients(path.join(venvOf(root), 'bin', 'python'), process.env),
  });
  if (isolation.tier !== 'full' && !isLoopback(settings.host)) {
    throw new SettingsError(
      `NARAE_HOST=${settings.host} is refused: user code is not isolated on this machine (${isolation.gaps.join('; ')}).`,
    );
  }
  return isolation;
}

/** The emulator, on the ports of the last time if they are free: state holds addresses with them. */
async function startInner({ root, settings, folder, parts, failed }: SystemContext) {
  // Before ports are chosen: it holds the one that the state names.
  await predecessorEnded(folder.emulator());
  const before = await folder.readPorts();
  const emulatorPort = await choosePort(before.emulator);
  const lambdaPort = await choosePort(before.lambda, [emulatorPort]);
  const functionsPort = await choosePort(before.functions, [emulatorPort, lambdaPort]);
  const ports: InnerPorts = { emulator: emulatorPort, lambda: lambdaPort, functions: functionsPort };
  await folder.writePorts(ports);
  const logFile = path.join(folder.logs(), 'emulator.log');
  await rm(logFile, { force: true });
  const emulator = await startEmulator({
    root,
    stateDir: folder.emulator(),
    logFile,
    port: ports.emulator,
    snapshotSeconds: settings.snapshotSeconds,
  });
  let stopping = false;
  parts.add('AWS emulator', async () => {
    stopping = true;
    if (!(await emulator.stop())) throw new Error('had to be killed; what changed last may be lost');
  });
  void emulator.program.ended.then((end) => {
    if (!stopping) failed(`The AWS emulator ended (${describeEnd(end)}). Its last lines:\n${emulator.program.tail()}`);
  });
  return { emulator, ports };
}

async function startLambda(
  { root, settings, folder, progress, parts }: SystemContext,
  emulator: Emulator,
  ports: InnerPorts,
  isolation: Isolation,
): Promise<LambdaService> {
  const { concurrency, environments } = settings;
  const seen = await recordCalls(settings.recordCalls, emulator.endpoint, `http://127.0.0.1:${ports.lambda}`, parts);
  const lambda = await LambdaService.start({
    port: ports.lambda,
    awsEndpoint: emulator.endpoint,
    ...seen,
    surroundings: {
      nodePath: process.execPath,
      nodeModules: path.join(root, 'node_modules'),
      environment: isolation.environment,
      bedrockEndpoint: settings.bedrockEndpoint,
    },
    logDir: folder.logs(),
    workDir: folder.work(),
    eventDir: folder.events(),
    limits: { ...LAMBDA_LIMITS, concurrency, environments },
    quotas: settings.quotas,
    freezing: { on: settings.freeze, port: ports.functions },
    retryDelaysMs: RETRY_DELAYS_MS,
    report: (message) => progress.line(`  ! ${message}`),
  });
  parts.add('Lambda service', () => lambda.stop());
  return lambda;
}

function deploymentOf({ root, settings, folder, parts }: SystemContext, emulator: Emulator, lambda: LambdaService) {
  const { auth, openTargets, packageIndexes, decisions } = settings;
  const deployment = new Deployment(
    {
      root,
      nodePath: process.execPath,
      awsEndpoint: emulator.endpoint,
      proxyUrl: `${lambda.endpoint}/invoke`,
      auth,
      openTargets,
      packageIndexes,
      decisions,
      outDir: folder.cdkOut(),
      logFile: path.join(folder.logs(), 'cdk.log'),
      onStart: (program) => parts.add(program.name, () => program.stop(2_000)),
    },
    { auth, openTargets, packageIndexes, decisions },
  );
  parts.add('deployment', () => deployment.close());
  return deployment;
}

async function deploy({ progress }: SystemContext, deployment: Deployment): Promise<StackOutputs> {
  const current = await progress.step('Sources and deployed state', () => deployment.current());
  if (current) return current;
  if (await deployment.needsBootstrap()) {
    await progress.step('cdk bootstrap', () => deployment.bootstrap());
  }
  return progress.step('cdk deploy (about a minute)', (detail) => deployment.deploy(detail));
}

async function startGateway(
  { progress, parts }: SystemContext,
  emulator: Emulator,
  lambda: LambdaService,
  api: ApiDefinition,
): Promise<Gateway> {
  const gateway = await Gateway.start({
    invoke: (call) => lambda.invoke(call),
    api,
    answered: observe(emulator.endpoint, api.apiId, parts).answered,
    report: (message) => progress.line(`  ! ${message}`),
  });
  parts.add('HTTP API', () => gateway.stop());
  return gateway;
}

const streamPrefix = (outputs: StackOutputs): string => `/url/${output(outputs, 'engine', 'StreamFunctionName')}`;

async function startEdge(
  { host, port, maxConnections, maxViewers }: Settings,
  gateway: Gateway,
  lambda: LambdaService,
  outputs: StackOutputs,
): Promise<Edge> {
  const options = {
    ...EDGE_DEFAULTS,
    host,
    maxConnections,
    maxViewers,
    api: { origin: gateway.origin, prefix: '' },
    stream: { origin: lambda.endpoint, prefix: streamPrefix(outputs) },
    streamPaths: output(outputs, 'engine', 'StreamPaths').split(','),
  };
  for (let next = port; ; next += 1) {
    try {
      return await Edge.start({ ...options, port: next });
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || next >= port + NEXT_PORTS) throw error;
    }
  }
}
