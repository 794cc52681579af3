import { HttpMethod, HttpRoute, HttpRouteKey, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RouteTable } from '../../lambdas/platform/http/route';
import { acknowledge } from './acknowledge';
import { gatewayPaths, routePrefixes } from './route-prefixes';

export interface ServiceRoutesProps {
  readonly api: HttpApi;
  readonly lambda: IFunction;
  readonly routes: RouteTable;
  /** true: this service also answers what no service owns. */
  readonly catchAll?: boolean;
}

/** Puts a service's function behind the HTTP API, on the prefixes of its route table. */
export class ServiceRoutes extends Construct {
  constructor(scope: Construct, id: string, props: ServiceRoutesProps) {
    super(scope, id);
    const integration = new HttpLambdaIntegration('Integration', props.lambda, { scopePermissionToRoute: false });
    const keys = routePrefixes(props.routes)
      .flatMap(gatewayPaths)
      .map((path) => HttpRouteKey.with(path, HttpMethod.ANY));
    if (props.catchAll === true) keys.push(HttpRouteKey.DEFAULT);
    for (const routeKey of keys) new HttpRoute(this, routeKey.key, { httpApi: props.api, routeKey, integration });
    acknowledge(
      this,
      'AwsSolutions-APIG4',
      'The service itself asks for credentials, by the scope of each route: API keys are not something an HTTP API can check.',
    );
  }
}
