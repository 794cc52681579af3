import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { endpoint } from '../../../lambdas/platform/http/endpoint';
import { Idempotency } from '../../../lambdas/platform/dynamo/idempotency';
import { ANYBODY } from '../../../lambdas/platform/auth/principal';
import type { RouteTable } from '../../../lambdas/platform/http/route';
import { telemetry } from '../../../lambdas/platform/telemetry';
import { testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';
import { testObserved } from '../../support/observed';

const routes = {
  look: {
    method: 'GET',
    path: '/look',
    summary: 'Look',
    scope: 'public',
    success: { status: 200, body: z.object({}) },
    errors: [],
  },
} as const satisfies RouteTable;

/** The line of metrics that a request leaves. */
async function lineOf(headers: Record<string, string>, rawPath = '/look'): Promise<unknown> {
  const db = testDynamo();
  const written: string[] = [];
  const handler = endpoint({
    routes,
    useCases: { look: () => Promise.resolve({ body: {} }) },
    authenticate: () => Promise.resolve(ANYBODY),
    originGuard: undefined,
    allowedOrigins: ['*'],
    idempotency: new Idempotency(db, 'no table', testClock()),
    telemetry: telemetry('test', testObserved(), (line) => written.push(line)),
  });
  const event = {
    rawPath,
    rawQueryString: '',
    headers,
    requestContext: { http: { method: 'GET', sourceIp: '198.51.100.9' } },
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  await handler(event, { awsRequestId: 'r-1' } as Context);
  db.destroy();
  return JSON.parse(written[0] ?? 'null');
}

test('a request is logged with the address that the edge saw', async () => {
  expect(await lineOf({ 'X-Narae-Visitor': '203.0.113.7' })).toMatchObject({ route: 'look', visitor: '203.0.113.7' });
});

test('without an edge, with the one that the gateway saw', async () => {
  expect(await lineOf({})).toMatchObject({ visitor: '198.51.100.9' });
});

test('one that failed leaves what it takes to find it', async () => {
  expect(await lineOf({}, '/nowhere')).toMatchObject({
    message: 'request failed',
    requestId: 'req-r-1',
    errorCode: 'ROUTE_NOT_FOUND',
    route: 'unknown',
    status: 404,
    stage: 'test',
    Requests: 1,
    Refusals: 1,
  });
  expect(await lineOf({})).not.toHaveProperty('requestId');
});
