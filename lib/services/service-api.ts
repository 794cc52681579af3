import { Duration, type Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { folderOf, type ApiManifest, type ServiceManifest } from '../../lambdas/platform/manifest';
import { acknowledge } from '../constructs/acknowledge';
import { acknowledgeApps, acknowledgeRegistryToken } from '../constructs/iam-statements';
import { PlatformFunction } from '../constructs/platform-function';
import { ServiceRoutes } from '../constructs/service-routes';
import type { Callable, ServiceDependencies } from './dependencies';
import { environmentOf, namesApps, statementsOf } from './needs';

export type ServiceWithApi = ServiceManifest & { readonly api: ApiManifest };

export const hasApi = (service: ServiceManifest): service is ServiceWithApi => service.api !== undefined;

/** Puts a service behind the HTTP API: its function, with what its manifest says that it needs, on the routes of its table. */
export function addServiceApi(
  stack: Stack,
  httpApi: HttpApi,
  service: ServiceWithApi,
  ground: ServiceDependencies & { readonly callable: Callable },
): IFunction {
  const { config, data, callable } = ground;
  const { name, description, routes, api } = service;
  const needy = { service: name, needs: api.needs, callable, facesCallers: true };
  const { lambda } = new PlatformFunction(stack, `${name}-function`, {
    config,
    data,
    name,
    description,
    entry: `${folderOf(service)}/api.lambda.ts`,
    assets: api.assets ?? [],
    // Twice the processor of 512 MB: half the time at the same price, and a cold start that is half as long.
    memoryMb: 1024,
    // An HTTP API waits 30 s at most; a service that has waited for a run still writes down what came of it.
    timeout: Duration.seconds(45),
    environment: { NARAE_ALLOWED_ORIGINS: config.allowedOrigins.join(','), ...environmentOf(needy, ground) },
    access: statementsOf(needy, ground),
  });
  if (namesApps(api.needs)) acknowledgeApps(lambda.role ?? lambda, ground.engine.apps);
  if (api.needs.images) acknowledgeRegistryToken(lambda.role ?? lambda);
  if (api.needs.readsMetrics)
    acknowledge(
      lambda.role ?? lambda,
      'AwsSolutions-IAM5[Resource::*]',
      'cloudwatch:GetMetricData knows no resources: who may read metrics may read all of the account.',
    );
  new ServiceRoutes(stack, name, { api: httpApi, lambda, routes, catchAll: api.catchAll === true });
  return lambda;
}
