import { statSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, TenancyConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { acknowledge } from './acknowledge';
import { assemble } from '../bundle/assemble';
import { REPOSITORY } from '../bundle/bundle';
import { PINNED, pinnedNode, pinnedPython } from '../bundle/pinned';
import { functionRole, LOG_ACTIONS } from './function-role';
import type { SandboxNetwork } from './sandbox-network';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

/** Languages by the name runs ask for (docs/contracts/invocations.md#runtime-aliases). */
export const SANDBOX_RUNTIMES = {
  'python3.13': {
    runtime: Runtime.PYTHON_3_13,
    folder: 'lambdas/sandbox/python',
    // Never called: the wrapper takes the place of the managed runtime, which would load this one.
    handler: 'supervisor.handler',
    // The managed Python runtime cannot stream its answer; ours can.
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/supervise' },
    main: 'supervise',
    // What callbacks have without asking (docs/contracts/callbacks.md#build); the harness shows it to no others.
    bundledPackages: () => [{ from: pinnedPython(PINNED.requests), to: 'lent/callback' }],
  },
  nodejs24: {
    runtime: Runtime.NODEJS_24_X,
    folder: 'lambdas/sandbox/node',
    handler: 'supervisor.handler',
    environment: {},
    main: 'supervisor.mjs',
    bundledPackages: () => [
      { from: path.join(pinnedNode(PINNED.axios), 'node_modules'), to: 'lent/callback/node_modules' },
    ],
  },
} as const;

export type SandboxRuntime = keyof typeof SANDBOX_RUNTIMES;

export interface SandboxFunctionProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly runtime: SandboxRuntime;
  readonly memoryMb: number;
  readonly network: SandboxNetwork | undefined;
}

/**
 * Where user code runs. Each tenant has environments of its own. The role can write the function's log and do nothing
 * else: whatever user code gets hold of in there, it opens nothing.
 */
export class SandboxFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: SandboxFunctionProps) {
    super(scope, id);
    const { config, key, memoryMb } = props;
    const { runtime, folder, handler, environment, main, bundledPackages } = SANDBOX_RUNTIMES[props.runtime];
    requireSource(path.join(folder, main), props.runtime === 'python3.13');
    const name = sandboxName(props.runtime, memoryMb);
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name });
    const access = [nothingElse(), ...(props.network?.access ?? [])];
    const role = functionRole(this, logGroup, access);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: sandboxFunctionName(config.stage, props.runtime, memoryMb),
      description: `Runs ${props.runtime} code that needs up to ${memoryMb} MiB`,
      runtime,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(assemble(`sandbox-${runtime.name}`, path.join(REPOSITORY, folder), bundledPackages())),
      handler,
      environment,
      memorySize: memoryMb,
      timeout: Duration.seconds(900),
      tenancyConfig: TenancyConfig.PER_TENANT,
      role,
      logGroup,
      ...QUIET_LOGS,
      ...props.network?.placement,
    });
    if (props.network)
      acknowledge(
        role,
        'AwsSolutions-IAM5[Resource::*]',
        'Lambda attaches the network with these; interfaces have no names before they exist. User code is denied them.',
      );
    acknowledge(
      this.lambda,
      'AwsSolutions-L1',
      'The language version is part of the contract: runs ask for it by name.',
    );
  }
}

const sandboxName = (runtime: SandboxRuntime, memoryMb: number): string =>
  `sandbox-${runtime.replace('.', '')}-${memoryMb}`;

/** Fixed, so that other stacks can name a sandbox without importing it. */
export const sandboxFunctionName = (stage: string, runtime: SandboxRuntime, memoryMb: number): string =>
  `narae-${stage}-${sandboxName(runtime, memoryMb)}`;

/** @throws Error if the file is missing, or is not executable but has to be: its mode travels in the zip */
function requireSource(file: string, executable: boolean): void {
  const { mode } = statSync(path.join(REPOSITORY, file), { throwIfNoEntry: false }) ?? {};
  if (mode === undefined) throw new Error(`${file} is missing: a sandbox starts with it`);
  if (executable && (mode & 0o111) !== 0o111) throw new Error(`${file} is not executable: chmod +x ${file}`);
}

/**
 * Denies all but the log to whatever runs in the environment, also what someone should allow later. Lambda's own calls
 * with the role (network interfaces) do not carry `lambda:SourceFunctionArn` and go on.
 */
const nothingElse = (): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    notActions: LOG_ACTIONS,
    resources: ['*'],
    conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
  });
