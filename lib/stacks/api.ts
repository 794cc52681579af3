import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { HttpFront } from '../constructs/http-front';
import { refuseSharedPrefixes } from '../constructs/route-prefixes';
import type { ServiceDependencies } from '../services/dependencies';
import { addServiceApi, hasApi } from '../services/service-api';
import { engineFunctions, type ServiceStack } from './service';

export interface ApiStackProps extends StackProps, ServiceDependencies {
  /** By service; those without workers have none. */
  readonly serviceStacks: ReadonlyMap<string, ServiceStack>;
}

/** The HTTP API: one function per service, on the routes of its table. */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  readonly httpStage: HttpStage;
  /** By service. */
  readonly functions: ReadonlyMap<string, IFunction>;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, data, services, serviceStacks } = props;
    const front = new HttpFront(this, 'Http', { config, key: data.key });
    this.api = front.api;
    this.httpStage = front.stage;
    // By name: the order of the list is that of the description, and does not decide what is deployed.
    const withApi = services.filter(hasApi).sort((a, b) => a.name.localeCompare(b.name));
    refuseSharedPrefixes(withApi);
    this.functions = new Map(
      withApi.map((service) => {
        const own = serviceStacks.get(service.name)?.callable;
        const functions = new Map([...(own?.functions ?? []), ...engineFunctions(props)]);
        const callable = { functions, machines: own?.machines ?? new Map<string, IStateMachine>() };
        return [service.name, addServiceApi(this, this.api, service, { ...props, callable })];
      }),
    );

    new CfnOutput(this, 'ApiId', { value: this.api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
  }
}
