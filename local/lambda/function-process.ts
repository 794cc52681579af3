import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { awsEnvironment, endpointEnvironment, FUNCTION_KEY_PREFIX } from '../aws';
import { isExecutable } from '../process/is-executable';
import { managedRuntime } from '../runtimes';
import type { FunctionDefinition } from './definition';

/** What all functions get, whatever they are. */
export interface Surroundings {
  /** The emulator: AWS_ENDPOINT_URL of every function. */
  readonly awsEndpoint: string;
  /** This service: AWS_ENDPOINT_URL_LAMBDA of every function. */
  readonly lambdaEndpoint: string;
  /** Who answers in place of Bedrock; undefined: the emulator, which has no models. */
  readonly bedrockEndpoint?: string | undefined;
  /** The Node 24 binary that runs functions. */
  readonly nodePath: string;
  /** node_modules of the repository: the runtime client, and the AWS SDK for packages that leave it out. */
  readonly nodeModules: string;
  /**
   * What every function has in its environment beside its own variables, e.g. where interpreters are; by its unpacked package and
   * by what it says that its children reach.
   */
  readonly environment: (taskRoot: string, reach?: 'packages') => Readonly<Record<string, string>>;
}

export interface ProcessOptions {
  readonly definition: FunctionDefinition;
  /** The unpacked package: stands for /var/task. */
  readonly taskRoot: string;
  /** The environment's own temporary folder: stands for /tmp. */
  readonly scratch: string;
  readonly runtimeApiPort: number;
  readonly logStream: string;
  readonly surroundings: Surroundings;
}

export type FunctionProcess = ChildProcessByStdio<null, Readable, Readable>;

/** Says why a function can't be started here at all, as Lambda says it of an image with a wrong entry point. */
export class InvalidEntrypoint extends Error {}

const SETPRIV = findSetpriv();

/** Starts the process of one environment, in a process group of its own. */
export function startFunctionProcess(options: ProcessOptions): FunctionProcess {
  const [program, ...args] = [...endWithUs(), ...commandOf(options)];
  return spawn(program ?? '', args, {
    cwd: options.taskRoot,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

/** Code that brings no runtime of its own is what users deployed. */
const runsIsolated = ({ runtime, environment }: FunctionDefinition): boolean =>
  managedRuntime(runtime).isUserCode && environment['AWS_LAMBDA_EXEC_WRAPPER'] === undefined;

/** Functions must not outlive us, even where we are killed without a chance to end them. */
const endWithUs = () => (SETPRIV === undefined ? [] : [SETPRIV, '--pdeathsig', 'KILL', '--']);

function commandOf({ definition, taskRoot, surroundings }: ProcessOptions): string[] {
  const { runtime, handler, memoryMb } = definition;
  const { nodePath, nodeModules } = surroundings;
  const wrapper = definition.environment['AWS_LAMBDA_EXEC_WRAPPER'];
  return managedRuntime(runtime).command({
    ...{ handler, memoryMb, nodePath, nodeModules },
    wrapper: wrapper === undefined ? undefined : inPackage(wrapper, taskRoot),
    environment: surroundings.environment(taskRoot),
  });
}

/** /var/task and /opt (layers) are both the unpacked package here. */
function inPackage(file: string, taskRoot: string): string {
  const inside = /^\/(?:var\/task|opt)\/(.+)$/.exec(file)?.[1];
  if (inside === undefined) throw new InvalidEntrypoint(`AWS_LAMBDA_EXEC_WRAPPER ${file} is not in the package.`);
  const script = path.join(taskRoot, inside);
  if (!isExecutable(script))
    throw new InvalidEntrypoint(`AWS_LAMBDA_EXEC_WRAPPER ${file}: not there, or not executable.`);
  return script;
}

function environmentOf(options: ProcessOptions): NodeJS.ProcessEnv {
  const { definition, taskRoot, scratch, surroundings } = options;
  const isolated = runsIsolated(definition);
  // What users deployed has no say in how it is isolated.
  const own = isolated ? { NARAE_FUNCTION_VARIABLES: JSON.stringify(definition.environment) } : definition.environment;
  const reach = !isolated && definition.environment['NARAE_CHILD_NETWORK'] === 'packages' ? 'packages' : undefined;
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...surroundings.environment(taskRoot, reach),
    ...own,
    ...awsEnvironment({}),
    // Each signs with credentials of its own, as with its role: what arrives somewhere says who sent it.
    AWS_ACCESS_KEY_ID: FUNCTION_KEY_PREFIX + definition.name,
    ...endpointEnvironment(surroundings.awsEndpoint),
    AWS_ENDPOINT_URL_LAMBDA: surroundings.lambdaEndpoint,
    ...(surroundings.bedrockEndpoint !== undefined && {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: surroundings.bedrockEndpoint,
    }),
    PATH: `${path.dirname(surroundings.nodePath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: scratch,
    TMPDIR: scratch,
    NODE_PATH: path.join(path.dirname(taskRoot), 'node_modules'),
    // Most of a start is compiling the package. Environments share what V8 made of it: many that start at once have two cores.
    NODE_COMPILE_CACHE: path.join(path.dirname(taskRoot), 'compiled'),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: surroundings.nodeModules,
    _HANDLER: definition.handler,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${options.runtimeApiPort}`,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: definition.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    ...(definition.logFormat === undefined ? {} : { AWS_LAMBDA_LOG_FORMAT: definition.logFormat }),
    ...(definition.logLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: definition.logLevel }),
  };
}

function findSetpriv(): string | undefined {
  return ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable);
}
