import { Duration, Size } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { toolchainAsset } from '../bundle/toolchain';
import { acknowledge } from './acknowledge';
import { functionRole } from './function-role';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

export interface ToolchainFunctionProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly timeoutSeconds: number;
}

/**
 * Checks sources and makes components of them (lambdas/toolchain/narae_toolchain). It has no rights but to write its log,
 * and puts what it made to the one address that its order names.
 */
export class ToolchainFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { config, key, timeoutSeconds }: ToolchainFunctionProps) {
    super(scope, id);
    const name = 'toolchain';
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: `narae-${config.stage}-${name}`,
      description: 'Checks Python sources, and makes WebAssembly components of them',
      runtime: Runtime.PYTHON_3_13,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(toolchainAsset(config.stage)),
      // Never called: the wrapper takes the place of the managed runtime, so that a laptop needs no copy of that.
      handler: 'toolchain.handler',
      environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/serve' },
      // One processor. A component takes 430 MB while it is made, and its bytes are held twice.
      memorySize: 1792,
      // A source with its packages, and the component.
      ephemeralStorageSize: Size.gibibytes(1),
      timeout: Duration.seconds(timeoutSeconds),
      role: functionRole(this, logGroup, []),
      logGroup,
      ...QUIET_LOGS,
    });
    acknowledge(
      this.lambda,
      'AwsSolutions-L1',
      'Sources are checked by the version of the language that will run them.',
    );
  }
}
