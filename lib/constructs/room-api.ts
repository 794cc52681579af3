import { HttpMethod, HttpRoute, HttpRouteKey, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RouteTable } from '../../lambdas/platform/http/route';
import { acknowledge } from './acknowledge';
import { gatewayPaths, routePrefixes } from './route-prefixes';

export interface RoomApiProps {
  readonly api: HttpApi;
  readonly room: IFunction;
  readonly routes: RouteTable;
  /** true: this room also answers what no room owns. */
  readonly catchAll?: boolean;
}

/** Puts a room's function behind the HTTP API, on the prefixes of its route table. */
export class RoomApi extends Construct {
  constructor(scope: Construct, id: string, props: RoomApiProps) {
    super(scope, id);
    const integration = new HttpLambdaIntegration('Integration', props.room, { scopePermissionToRoute: false });
    const keys = routePrefixes(props.routes)
      .flatMap(gatewayPaths)
      .map((path) => HttpRouteKey.with(path, HttpMethod.ANY));
    if (props.catchAll === true) keys.push(HttpRouteKey.DEFAULT);
    for (const routeKey of keys) new HttpRoute(this, routeKey.key, { httpApi: props.api, routeKey, integration });
    acknowledge(
      this,
      'AwsSolutions-APIG4',
      'The room itself asks for credentials, by the scope of each route: API keys are not something an HTTP API can check.',
    );
  }
}
