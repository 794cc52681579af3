import { statSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, TenancyConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Runtime } from '../../lambdas/platform/runtimes';
import { DEPLOYMENTS } from '../../lambdas/platform/runtimes/deployment';
import type { StageConfig } from '../config';
import { acknowledge } from './acknowledge';
import { REPOSITORY } from '../bundle/bundle';
import { functionPackage } from '../bundle/function-package';
import { managedRuntime } from './managed-runtime';
import { functionRole, LOG_ACTIONS } from './function-role';
import type { SandboxNetwork } from './sandbox-network';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

export interface SandboxFunctionProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly runtime: Runtime;
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
    const { lambdaRuntime, sandbox } = DEPLOYMENTS[props.runtime.language];
    requireSource(path.join(sandbox.folder, sandbox.main), sandbox.executable);
    const name = sandboxName(props.runtime, memoryMb);
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name });
    const access = [nothingElse(), ...(props.network?.access ?? [])];
    const role = functionRole(this, logGroup, access);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: sandboxFunctionName(config.stage, props.runtime, memoryMb),
      description: `Runs ${props.runtime.name} code that needs up to ${memoryMb} MiB`,
      runtime: managedRuntime(lambdaRuntime),
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(functionPackage(`sandbox-${lambdaRuntime}`, sandbox)),
      handler: sandbox.handler,
      environment: sandbox.environment,
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

/** `python313-512`: names of functions and of constructs hold no dots. */
export const sandboxId = ({ name }: Runtime, memoryMb: number): string => `${name.replace('.', '')}-${memoryMb}`;

/** Last part of the function's name, and of its log group's. */
export const sandboxName = (runtime: Runtime, memoryMb: number): string => `sandbox-${sandboxId(runtime, memoryMb)}`;

/** Fixed, so that other stacks can name a sandbox without importing it. */
export const sandboxFunctionName = (stage: string, runtime: Runtime, memoryMb: number): string =>
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
