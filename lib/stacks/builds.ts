import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { invoke, decryptThrough, encryptThrough, knowAbsence, onObjects, onTable } from '../constructs/access';
import { CallbackBuilds } from '../constructs/callback-builds';
import { InstallerFunction } from '../constructs/installer-function';
import { OwnFunction } from '../constructs/own-function';
import type { DataStack } from './data';
import type { EngineStack } from './engine';

export interface BuildsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
}

/** What makes something deployable of what was registered. */
export class BuildsStack extends Stack {
  readonly callbackBuilds: IStateMachine;
  /** Functions that work for it, unseen by callers. */
  readonly workers: readonly IFunction[];

  constructor(scope: Construct, id: string, props: BuildsStackProps) {
    super(scope, id, props);
    const { config, data, engine } = props;
    const builder = new OwnFunction(this, 'CallbackBuilder', {
      config,
      data,
      name: 'callback-builder',
      description: 'Checks the code of a callback, finds its packages, puts it on its route',
      entry: 'lambdas/callbacks/builder.lambda.ts',
      memoryMb: 1024,
      timeout: Duration.seconds(120),
      environment: { NARAE_RUNNER_FUNCTION: engine.runner.functionName, NARAE_DATA_KEY_ID: data.key.keyId },
      access: [
        onTable(data.runs, 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
        onTable(data.entities, 'GetItem', 'PutItem', 'DeleteItem'),
        onObjects(data.bucket, 'Get', 'sources', 'results'),
        // What it signs an address for, it must itself be allowed: libraries are written by installers.
        onObjects(data.bucket, 'Put', 'code', 'payloads', 'cancel', 'libraries'),
        knowAbsence(data.bucket),
        invoke([engine.runner]),
        decryptThrough(data, 'dynamodb', 's3'),
        encryptThrough(data, 's3'),
      ],
    }).lambda;
    const installer = (language: 'python' | 'node') =>
      new InstallerFunction(this, `${language}-installer`, { config, key: data.key, language }).lambda;
    const [pythonInstaller, nodeInstaller] = [installer('python'), installer('node')];
    this.workers = [builder, pythonInstaller, nodeInstaller];
    this.callbackBuilds = new CallbackBuilds(this, 'CallbackBuilds', {
      config,
      data,
      builder,
      pythonInstaller,
      nodeInstaller,
    }).stateMachine;
    new CfnOutput(this, 'CallbackBuildsArn', { value: this.callbackBuilds.stateMachineArn });
  }
}
