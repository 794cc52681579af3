import type { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import { acknowledge } from './acknowledge';
import { acknowledgeObjects, invokeNamed } from './iam-statements';
import type { Asset } from '../bundle/assets';
import { bundle } from '../bundle/bundle';
import { functionRole } from './function-role';
import { productVersion } from '../bundle/product-version';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

export interface PlatformFunctionProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Last part of the function's name: `narae-<stage>-<name>`. */
  readonly name: string;
  readonly description: string;
  /** Path from the repository's root to the module that exports `handler`. */
  readonly entry: string;
  /** Files that it sends as they are. */
  readonly assets?: readonly Asset[];
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** Added to what every function of ours is given (docs/architecture.md, "Environment variables"). */
  readonly environment?: Record<string, string>;
  /** All the role may do, beside writing its own log. */
  readonly access: readonly PolicyStatement[];
  readonly maxConcurrency?: number | undefined;
  /** It invokes itself, which AWS otherwise stops after 16 times; a bound of its own is up to its code. */
  readonly invokesItself?: boolean;
}

/** A Lambda function of ours: bundled, arm64, with a role and a log group of its own. */
export class PlatformFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly name: string;
  readonly entry: string;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const { config, data } = props;
    this.name = props.name;
    this.entry = props.entry;
    const logGroup = new StageLogGroup(this, 'Log', { config, key: data.key, name: props.name });
    const code = bundle(props.entry, props.assets);
    const functionName = `narae-${config.stage}-${props.name}`;
    const itself = props.invokesItself ? [invokeNamed(this, functionName)] : [];
    const role = functionRole(this, logGroup, [...props.access, ...itself]);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(code.folder),
      handler: code.handler,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role,
      logGroup,
      ...QUIET_LOGS,
      environment: {
        NARAE_STAGE: config.stage,
        NARAE_VERSION: productVersion,
        NARAE_SAMPLE_SUCCESSES: String(config.sampleSuccesses),
        NARAE_AUTH: config.auth,
        NARAE_RUNS_TABLE: data.runs.tableName,
        NARAE_ENTITIES_TABLE: data.entities.tableName,
        NARAE_BUCKET: data.bucket.bucketName,
        NARAE_TICKET_SECRET_ID: data.ticketSecret.secretArn,
        ...(data.originSecret && { NARAE_ORIGIN_SECRET_ID: data.originSecret.secretArn }),
        ...props.environment,
      },
      ...(config.tracing === 'xray' && { tracing: Tracing.ACTIVE }),
      ...(props.invokesItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(props.maxConcurrency !== undefined && { reservedConcurrentExecutions: props.maxConcurrency }),
    });
    acknowledgeObjects(role, data);
    if (config.tracing === 'xray')
      acknowledge(
        role,
        'AwsSolutions-IAM5[Resource::*]',
        'X-Ray knows no resources: what records segments may do so in the whole account, and read none of them.',
      );
  }
}
