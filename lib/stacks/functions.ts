import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import {
  deleteLines,
  decryptThrough,
  encryptThrough,
  knowAbsence,
  onObjects,
  onTable,
  queryIndex,
  send,
} from '../constructs/access';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import { sendFailedInvokes } from '../constructs/failed-invokes';
import { OwnFunction } from '../constructs/own-function';
import { ENDED_BY_OWNER } from '../constructs/tables';
import type { DataStack } from './data';
import type { EngineStack } from './engine';

export interface FunctionsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
}

/** What works behind the functions API. */
export class FunctionsStack extends Stack {
  readonly cleaner: IFunction;
  readonly caller: IFunction;
  readonly cleanerDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: FunctionsStackProps) {
    super(scope, id, props);
    const { config, data, engine } = props;
    this.cleanerDeadLetters = deadLetterQueue(this, 'CleanerDeadLetters', data.key);
    const cleaner = new OwnFunction(this, 'Cleaner', {
      config,
      data,
      name: 'functions-cleaner',
      description: 'Removes what deleted functions and workspaces left',
      entry: 'lambdas/functions/cleaner.lambda.ts',
      memoryMb: 512,
      timeout: Duration.seconds(600),
      environment: { NARAE_FUNCTION_LOGS: engine.functionLogs.logGroupName },
      access: [
        onTable(data.runs, 'Query', 'DeleteItem', 'BatchWriteItem'),
        queryIndex(data.runs, ENDED_BY_OWNER),
        onTable(data.entities, 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
        onObjects(data.bucket, 'Delete', 'sources', 'payloads', 'results', 'cancel'),
        knowAbsence(data.bucket),
        deleteLines(engine.functionLogs),
        decryptThrough(data, 'dynamodb', 'sqs'),
        encryptThrough(data, 'sqs'),
        send(this.cleanerDeadLetters),
      ],
    }).lambda;
    this.cleaner = cleaner;
    sendFailedInvokes(cleaner, { of: cleaner, to: this.cleanerDeadLetters, retries: 2, maxAge: Duration.hours(1) });
    // A deletion wakes it; this is for what a crash left undone.
    new Rule(this, 'CleanerSchedule', {
      description: 'Wakes the cleaner of deleted functions',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [new LambdaTarget(this.cleaner)],
    });
    this.caller = new OwnFunction(this, 'Caller', {
      config,
      data,
      name: 'functions-caller',
      description: 'Calls functions that are deployed elsewhere and take longer than a caller waits',
      entry: 'lambdas/functions/caller.lambda.ts',
      // It waits: memory is what that costs.
      memoryMb: 256,
      timeout: Duration.seconds(900),
      access: [
        onTable(data.runs, 'GetItem', 'PutItem', 'UpdateItem'),
        onObjects(data.bucket, 'Get', 'payloads'),
        onObjects(data.bucket, 'Put', 'results'),
        knowAbsence(data.bucket),
        decryptThrough(data, 'dynamodb', 's3'),
        encryptThrough(data, 's3'),
      ],
    }).lambda;
    new CfnOutput(this, 'CleanerFunctionName', { value: this.cleaner.functionName });
  }
}
