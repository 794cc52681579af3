import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { CorsHttpMethod, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  CORS_ALLOWED_HEADERS,
  CORS_EXPOSED_HEADERS,
  CORS_MAX_AGE_S,
  CORS_METHODS,
} from '../../lambdas/platform/http/cors';
import type { StageConfig } from '../config';
import { StageLogGroup } from './stage-log-group';

/**
 * One line per request, as JSON. No query string: a ticket may be in it. No address: a gateway sees the edge's only; the
 * visitor's is in the service's line of the same request, and in the edge's own log.
 */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
};

/** The HTTP API of a stage: CORS, throttling and access log; services add their routes. */
export class HttpFront extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, props: { readonly config: StageConfig; readonly key: IKey }) {
    super(scope, id);
    const { config, key } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: `narae-${config.stage}`,
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...config.allowedOrigins],
        allowMethods: CORS_METHODS.map((method) => CorsHttpMethod[method]),
        allowHeaders: [...CORS_ALLOWED_HEADERS],
        exposeHeaders: [...CORS_EXPOSED_HEADERS],
        maxAge: Duration.seconds(CORS_MAX_AGE_S),
      },
    });
    const log = new StageLogGroup(this, 'AccessLog', { config, key, name: 'http', vended: true });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.throttling.rateLimit, burstLimit: config.throttling.burstLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}
