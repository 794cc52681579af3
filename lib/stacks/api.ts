import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { invocationsRoutes } from '../../lambdas/invocations/routes';
import type { RouteTable } from '../../lambdas/platform/route';
import { siteRoutes } from '../../lambdas/site/routes';
import type { StageConfig } from '../config';
import { invoke, keyItself, keyThrough, knowAbsence, onObjects, onTable, readSecrets } from '../constructs/access';
import { HttpFront } from '../constructs/http-front';
import { OwnFunction } from '../constructs/own-function';
import { RoomApi } from '../constructs/room-api';
import type { DataStack } from './data';
import type { EngineStack } from './engine';

export interface ApiStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
}

interface Room {
  readonly name: string;
  readonly description: string;
  readonly routes: RouteTable;
  readonly access: readonly PolicyStatement[];
  readonly environment?: Record<string, string>;
  readonly catchAll?: boolean;
}

/** The HTTP API: one function per room, on the routes of its table. */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  readonly httpStage: HttpStage;
  readonly rooms: readonly IFunction[];

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, data, engine } = props;
    const front = new HttpFront(this, 'Http', { config, key: data.key });
    this.api = front.api;
    this.httpStage = front.stage;
    this.rooms = [invocationsRoom(data, engine), siteRoom(data)].map((room) => this.#room(config, data, room));

    new CfnOutput(this, 'ApiId', { value: this.api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
  }

  #room(config: StageConfig, data: DataStack, room: Room): IFunction {
    const { name, description, routes, access, environment = {}, catchAll = false } = room;
    const { lambda } = new OwnFunction(this, `${name}-function`, {
      config,
      data,
      name,
      description,
      entry: `lambdas/${name}/api.lambda.ts`,
      // Twice the processor of 512 MB: half the time at the same price, and a cold start that is half as long.
      memoryMb: 1024,
      // An HTTP API waits 30 s at most.
      timeout: Duration.seconds(29),
      environment,
      access,
    });
    new RoomApi(this, name, { api: this.api, room: lambda, routes, catchAll });
    return lambda;
  }
}

const invocationsRoom = (data: DataStack, engine: EngineStack): Room => ({
  name: 'invocations',
  description: 'The invocations API: start runs, read them, cancel them',
  routes: invocationsRoutes,
  environment: {
    NARAE_RUNNER_FUNCTION: engine.runner.functionName,
    NARAE_DATA_KEY_ID: data.key.keyId,
  },
  access: [
    onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    onTable(data.entities, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    onObjects(data.bucket, 'Get', 'results'),
    onObjects(data.bucket, 'Put', 'code', 'payloads', 'cancel'),
    knowAbsence(data.bucket),
    invoke([engine.runner]),
    readSecrets(data),
    keyItself(data, 'GenerateDataKey'),
    keyThrough(data, 'dynamodb', 's3', 'secretsmanager'),
  ],
});

const siteRoom = (data: DataStack): Room => ({
  name: 'site',
  description: 'Health, description and demo page; answers what no room owns',
  routes: siteRoutes,
  catchAll: true,
  access: [
    // Health asks whether the table answers.
    onTable(data.runs, 'GetItem'),
    onTable(data.entities, 'GetItem', 'UpdateItem'),
    readSecrets(data),
    keyThrough(data, 'dynamodb', 'secretsmanager'),
  ],
});
