import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { acknowledge } from '../constructs/acknowledge';
import { HttpFront } from '../constructs/http-front';
import { OwnFunction } from '../constructs/own-function';
import { RoomApi } from '../constructs/room-api';
import { refuseSharedPrefixes } from '../constructs/route-prefixes';
import { callbacksRoom } from '../rooms/callbacks';
import { functionsRoom } from '../rooms/functions';
import { invocationsRoom } from '../rooms/invocations';
import { jobsRoom } from '../rooms/jobs';
import type { Ground, Room } from '../rooms/room';
import { siteRoom } from '../rooms/site';
import type { DataStack } from './data';

const ROOMS: readonly ((ground: Ground) => Room)[] = [
  callbacksRoom,
  functionsRoom,
  invocationsRoom,
  jobsRoom,
  siteRoom,
];

export interface ApiStackProps extends StackProps, Ground {}

/** The HTTP API: one function per room, on the routes of its table. */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  readonly httpStage: HttpStage;
  readonly rooms: readonly IFunction[];

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, data } = props;
    const front = new HttpFront(this, 'Http', { config, key: data.key });
    this.api = front.api;
    this.httpStage = front.stage;
    const rooms = ROOMS.map((room) => room(props));
    refuseSharedPrefixes(rooms);
    this.rooms = rooms.map((room) => this.#room(config, data, room));

    new CfnOutput(this, 'ApiId', { value: this.api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
  }

  #room(config: StageConfig, data: DataStack, room: Room): IFunction {
    const { name, description, routes, access, environment = {}, assets = [], catchAll = false } = room;
    const { lambda } = new OwnFunction(this, `${name}-function`, {
      config,
      data,
      name,
      description,
      entry: `lambdas/${name}/api.lambda.ts`,
      assets,
      // Twice the processor of 512 MB: half the time at the same price, and a cold start that is half as long.
      memoryMb: 1024,
      // An HTTP API waits 30 s at most; a room that has waited for a run still writes down what came of it.
      timeout: Duration.seconds(45),
      environment: { NARAE_ALLOWED_ORIGINS: config.allowedOrigins.join(','), ...environment },
      access,
    });
    for (const { rule, reason } of room.accepted ?? []) acknowledge(lambda.role ?? lambda, rule, reason);
    new RoomApi(this, name, { api: this.api, room: lambda, routes, catchAll });
    return lambda;
  }
}
