import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import { clientConfig } from '../aws';
import { readCors } from '../emulator-quirks';
import { functionName } from '../lambda/definition';
import type { CorsConfiguration } from './cors';
import { RouteTable, type GatewayRoute } from './routes';

/** What the stage lets through. */
export interface Throttle {
  /** Requests per second, sustained. */
  readonly rate: number;
  readonly burst: number;
}

/** A deployed HTTP API. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly routes: RouteTable;
  readonly cors: CorsConfiguration | undefined;
  readonly throttle: Throttle | undefined;
}

const PAGE = '500';

/** Reads an HTTP API from the emulator. @throws where it is not there */
export async function readApi(awsEndpoint: string, apiId: string): Promise<ApiDefinition> {
  const client = new ApiGatewayV2Client({ ...clientConfig(awsEndpoint), requestHandler: { requestTimeout: 10_000 } });
  try {
    const [api, routes, integrations, stages] = await Promise.all([
      client.send(new GetApiCommand({ ApiId: apiId })),
      client.send(new GetRoutesCommand({ ApiId: apiId, MaxResults: PAGE })),
      client.send(new GetIntegrationsCommand({ ApiId: apiId, MaxResults: PAGE })),
      client.send(new GetStagesCommand({ ApiId: apiId, MaxResults: PAGE })),
    ]);
    const functions = new Map(
      (integrations.Items ?? []).map(({ IntegrationId, IntegrationUri }) => [
        IntegrationId,
        functionOf(IntegrationUri ?? ''),
      ]),
    );
    const stage = (stages.Items ?? []).find(({ StageName }) => StageName === '$default');
    const settings = stage?.DefaultRouteSettings;
    return {
      apiId,
      routes: new RouteTable(
        (routes.Items ?? []).flatMap(({ RouteKey, Target }): GatewayRoute[] => {
          const name = functions.get((Target ?? '').replace(/^integrations\//, ''));
          return RouteKey === undefined || name === undefined ? [] : [{ key: RouteKey, functionName: name }];
        }),
      ),
      cors: await readCors(awsEndpoint, apiId, api.CorsConfiguration),
      throttle:
        settings?.ThrottlingRateLimit === undefined || settings.ThrottlingBurstLimit === undefined
          ? undefined
          : { rate: settings.ThrottlingRateLimit, burst: settings.ThrottlingBurstLimit },
    };
  } finally {
    client.destroy();
  }
}

/** `arn:...:lambda:path/2015-03-31/functions/<arn>/invocations`, or the function's ARN alone. */
const functionOf = (uri: string): string => functionName(/functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri);
