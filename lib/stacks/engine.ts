import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { FunctionUrlAuthType, InvokeMode, type FunctionUrl, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { DEADLINES } from '../../lambdas/engine/run/limits';
import { functionsToldToStreams, runsOf, type ServiceManifest } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import {
  decryptThrough,
  encryptThrough,
  invoke,
  invokeNamed,
  keyItself,
  allowMissingObjectDetection,
  onObjects,
  onTable,
  queryIndex,
  readSecrets,
  send,
  writeLines,
} from '../constructs/iam-statements';
import { AppPlace } from '../constructs/app-place';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import { sendFailedInvokes } from '../constructs/failed-invokes';
import { PlatformFunction } from '../constructs/platform-function';
import { SandboxFleet } from '../constructs/sandbox-fleet';
import { StageLogGroup } from '../constructs/stage-log-group';
import { STREAM_PATHS } from '../constructs/stream-paths';
import type { DataStack } from './data';

export interface EngineStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly services: readonly ServiceManifest[];
}

/** Everything that runs code and lets it be watched. */
export class EngineStack extends Stack {
  readonly sandboxes: SandboxFleet;
  /** Lines that functions print, for those who look at logs and not at runs. */
  readonly functionLogs: LogGroup;
  /** Where deployed apps run. */
  readonly apps: AppPlace;
  readonly runner: IFunction;
  readonly reaper: IFunction;
  readonly stream: IFunction;
  readonly streamUrl: FunctionUrl;
  readonly runnerDeadLetters: Queue;
  readonly reaperDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: EngineStackProps) {
    super(scope, id, props);
    const { config, data, services } = props;
    this.sandboxes = new SandboxFleet(this, 'Sandboxes', { config, key: data.key, bucket: data.bucket });
    // Version 0.1 imports these in its ops stack: gone before that is updated, they would stop the upgrade. The release
    // after this one may drop them (docs/deploy.md, "Upgrading").
    for (const { functionName } of this.sandboxes.lambdas) this.exportValue(functionName);
    this.apps = new AppPlace(this, 'Apps', { config, key: data.key, sandboxes: this.sandboxes });
    this.functionLogs = new StageLogGroup(this, 'FunctionLogs', { config, key: data.key, name: 'function-lines' });
    this.runnerDeadLetters = deadLetterQueue(this, 'RunnerDeadLetters', data.key);
    this.runner = this.#runner(config, data);
    this.reaperDeadLetters = deadLetterQueue(this, 'ReaperDeadLetters', data.key);
    this.reaper = this.#reaper(config, data);
    this.stream = this.#stream(config, data, services);
    // The function recognises callers itself, by credential or ticket, and the edge by its secret: signing requests
    // for IAM is not something an EventSource can do.
    this.streamUrl = this.stream.addFunctionUrl({
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    });

    new CfnOutput(this, 'StreamFunctionName', { value: this.stream.functionName });
    new CfnOutput(this, 'StreamUrl', { value: this.streamUrl.url });
    new CfnOutput(this, 'StreamPaths', { value: STREAM_PATHS.join(',') });
    new CfnOutput(this, 'StreamHost', { value: Fn.select(2, Fn.split('/', this.streamUrl.url)) });
    new CfnOutput(this, 'RunnerFunctionName', { value: this.runner.functionName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: this.runnerDeadLetters.queueUrl });
  }

  /** By number, not by name: looking the names up takes credentials, and an answer that is kept in the repository. */
  override get availabilityZones(): string[] {
    const zones = Fn.getAzs();
    return [Fn.select(0, zones), Fn.select(1, zones)];
  }

  #runner(config: StageConfig, data: DataStack): IFunction {
    const { lambda } = new PlatformFunction(this, 'Runner', {
      config,
      data,
      name: 'runner',
      description: 'Takes one run from its record to its outcome',
      entry: 'lambdas/engine/runner.lambda.ts',
      memoryMb: 512,
      timeout: Duration.seconds(900),
      environment: {
        NARAE_SANDBOXES: this.toJsonString(this.sandboxes.directory),
        NARAE_DATA_KEY_ID: data.key.keyId,
        NARAE_FUNCTION_LOGS: this.functionLogs.logGroupName,
      },
      access: [
        onTable(data.runs, 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
        onObjects(data.bucket, 'Get', 'code', 'payloads', 'cancel', 'libraries'),
        onObjects(data.bucket, 'Put', 'results'),
        allowMissingObjectDetection(data.bucket),
        invoke(this.sandboxes.lambdas),
        writeLines(this.functionLogs),
        keyItself(data, 'Decrypt'),
        decryptThrough(data, 'dynamodb', 's3', 'sqs'),
        encryptThrough(data, 's3', 'sqs'),
        send(this.runnerDeadLetters),
      ],
      maxConcurrency: config.maxConcurrentRuns,
      invokesItself: true,
    });
    sendFailedInvokes(lambda, {
      of: lambda,
      to: this.runnerDeadLetters,
      retries: 2,
      // The reaper ends what nobody claimed; an event must not outlive that.
      maxAge: Duration.millis(DEADLINES.queuedMs).minus(Duration.minutes(1)),
    });
    return lambda;
  }

  #reaper(config: StageConfig, data: DataStack): IFunction {
    const { lambda } = new PlatformFunction(this, 'Reaper', {
      config,
      data,
      name: 'reaper',
      description: 'Ends runs that are past their deadline, every minute',
      entry: 'lambdas/engine/reaper.lambda.ts',
      memoryMb: 512,
      timeout: Duration.seconds(55),
      access: [
        queryIndex(data.runs, 'open'),
        onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
        onObjects(data.bucket, 'Put', 'cancel'),
        decryptThrough(data, 'dynamodb', 'sqs'),
        encryptThrough(data, 's3', 'sqs'),
        send(this.reaperDeadLetters),
      ],
      maxConcurrency: undefined,
    });
    // A tick that failed is not worth repeating: the next one comes within the minute.
    sendFailedInvokes(lambda, { of: lambda, to: this.reaperDeadLetters, retries: 0, maxAge: Duration.minutes(1) });
    new Rule(this, 'ReaperSchedule', {
      description: 'Wakes the reaper',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(lambda)],
    });
    return lambda;
  }

  #stream(config: StageConfig, data: DataStack, services: readonly ServiceManifest[]): IFunction {
    // Their stacks come after this one: they are known by name.
    const told = Object.entries(functionsToldToStreams(services)).map(
      ([variable, name]) => [variable, `narae-${config.stage}-${name}`] as const,
    );
    const { lambda } = new PlatformFunction(this, 'Stream', {
      config,
      data,
      name: 'stream',
      description: 'Sends the events of one run, task, decision or meeting as they happen',
      entry: 'lambdas/stream/stream.lambda.ts',
      memoryMb: 512,
      timeout: Duration.seconds(900),
      environment: {
        NARAE_ALLOWED_ORIGINS: config.allowedOrigins.join(','),
        NARAE_SERVICE_RUNS: JSON.stringify(runsOf(services)),
        NARAE_STREAM_IDENTITY: config.streamIdentity,
        ...Object.fromEntries(told),
      },
      access: [
        ...told.map(([, functionName]) => invokeNamed(this, functionName)),
        // A reader that meets a run past its deadline ends it, and tells its sandbox.
        onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
        // Query: where nobody authenticates, a run may be in any of the workspaces that there are.
        onTable(data.entities, 'GetItem', 'Query', 'UpdateItem'),
        onObjects(data.bucket, 'Get', 'results'),
        onObjects(data.bucket, 'Put', 'cancel'),
        allowMissingObjectDetection(data.bucket),
        ...readSecrets(data, { tickets: true }),
        decryptThrough(data, 'dynamodb', 's3'),
        encryptThrough(data, 's3'),
      ],
      // A viewer holds an environment for as long as it watches: without a bound, viewers could take those of the runs.
      maxConcurrency: config.maxViewers,
    });
    return lambda;
  }
}
