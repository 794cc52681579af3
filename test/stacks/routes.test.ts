import * as z from 'zod';
import type { RouteTable } from '../../lambdas/platform/http/route';
import { SERVICES } from '../../lambdas/services';
import { streamRoutes } from '../../lambdas/stream/routes';
import { gatewayPaths, refuseSharedPrefixes, routePrefixes } from '../../lib/constructs/route-prefixes';
import { STREAM_PATHS } from '../../lib/constructs/stream-paths';
import { namedStage, resources } from './stage';

const route = (path: `/${string}`) =>
  ({ method: 'GET', path, summary: '', scope: 'public', success: { status: 200 }, errors: [] }) as const;
const table = (...paths: `/${string}`[]): RouteTable => Object.fromEntries(paths.map((path) => [path, route(path)]));

describe('prefixes of a route table', () => {
  test('end before the first parameter', () => {
    expect(routePrefixes(table('/runs/{id}', '/runs/{id}/events'))).toEqual(['/runs']);
  });

  test('are dropped below a shorter one', () => {
    expect(routePrefixes(table('/runs/batch', '/runs', '/runs/{id}/cancel', '/runtimes'))).toEqual([
      '/runs',
      '/runtimes',
    ]);
  });

  test('a name that another begins with is not below it', () => {
    expect(routePrefixes(table('/run', '/runs'))).toEqual(['/run', '/runs']);
  });

  test('the root covers nothing but itself', () => {
    expect(routePrefixes(table('/', '/health', '/api/health'))).toEqual(['/', '/health', '/api/health']);
    expect(gatewayPaths('/')).toEqual(['/']);
  });

  test('belong to one service', () => {
    const services = [
      { name: 'one', routes: table('/a', '/shared/{id}') },
      { name: 'two', routes: table('/b', '/shared') },
    ];
    expect(() => refuseSharedPrefixes(services)).toThrow('The services one and two both have routes at /shared');
    expect(() => refuseSharedPrefixes([{ name: 'one', routes: table('/a', '/a/b') }])).not.toThrow();
  });

  test('become a path and what is below it, never one that ends in a slash', () => {
    expect(gatewayPaths('/runs')).toEqual(['/runs', '/runs/{proxy+}']);
  });
});

describe('the HTTP API', () => {
  const { api } = namedStage('dev');

  const Route = z.object({ RouteKey: z.string(), Target: z.looseObject({}) });
  const Integration = z.object({
    IntegrationUri: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
    PayloadFormatVersion: z.string(),
  });
  const integrations = resources(api, 'AWS::ApiGatewayV2::Integration');
  const functions = resources(api, 'AWS::Lambda::Function');
  const routes = [...resources(api, 'AWS::ApiGatewayV2::Route').values()].map((r) => Route.parse(r.Properties));

  /** Name of the function behind a route. */
  const functionOf = (target: object): unknown => {
    const id = [...integrations.keys()].find((key) => JSON.stringify(target).includes(`"${key}"`)) ?? '';
    const { IntegrationUri } = Integration.parse(integrations.get(id)?.Properties);
    return functions.get(IntegrationUri['Fn::GetAtt'][0])?.Properties['FunctionName'];
  };

  /** API Gateway takes the full match first, then the longest greedy one, then `$default`. */
  const answeredBy = (path: string): unknown => {
    const matches = (key: string) => {
      const wanted = key.replace(/^ANY /, '');
      if (wanted.endsWith('/{proxy+}')) return path.startsWith(wanted.slice(0, -'{proxy+}'.length));
      return wanted === path;
    };
    const best = routes
      .filter(({ RouteKey }) => RouteKey.startsWith('ANY ') && matches(RouteKey))
      .sort(
        (a, b) =>
          Number(a.RouteKey.includes('+')) - Number(b.RouteKey.includes('+')) || b.RouteKey.length - a.RouteKey.length,
      )[0];
    return functionOf((best ?? routes.find(({ RouteKey }) => RouteKey === '$default'))?.Target ?? {});
  };

  const concrete = (path: string) => path.replace(/\{\w+\}/g, 'x');

  test.each(
    SERVICES.filter(({ api: front }) => front).map(
      ({ name, routes: table }) => [`narae-dev-${name}`, Object.values(table)] as const,
    ),
  )('%s answers every path of its table, with and without a slash at the end', (name, table) => {
    expect(table.length).toBeGreaterThan(0);
    for (const { path } of table) {
      expect([path, answeredBy(concrete(path))]).toEqual([path, name]);
      if (path !== '/') expect([path, answeredBy(`${concrete(path)}/`)]).toEqual([path, name]);
    }
  });

  test('a service answers unknown paths below its own, the site all others', () => {
    expect(answeredBy('/invocations/x/unknown/deep')).toBe('narae-dev-invocations');
    expect(answeredBy('/nowhere')).toBe('narae-dev-site');
    expect(answeredBy('/invocations-of-others')).toBe('narae-dev-site');
  });

  test('no route ends in a slash, which the service refuses, and none is there twice', () => {
    const keys = routes.map(({ RouteKey }) => RouteKey);
    expect(keys.filter((key) => /.+ \/.*\/$/.test(key))).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('functions are called with payload format 2.0', () => {
    for (const { Properties } of integrations.values())
      expect(Integration.parse(Properties).PayloadFormatVersion).toBe('2.0');
  });

  test('streams are not behind it, and all their paths are below those that the edge sends to them', () => {
    const names = [...functions.values()].map(({ Properties }) => Properties['FunctionName']);
    expect(names).toContain('narae-dev-invocations');
    expect(names).not.toContain('narae-dev-stream');
    for (const { path } of Object.values(streamRoutes))
      expect(STREAM_PATHS.filter((prefix) => path.startsWith(`${prefix}/`))).toHaveLength(1);
  });

  test('CORS is as the contract says', () => {
    const cors = [...resources(api, 'AWS::ApiGatewayV2::Api').values()][0]?.Properties['CorsConfiguration'];
    expect(cors).toEqual({
      AllowOrigins: ['*'],
      AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
      AllowHeaders: [
        'Content-Type',
        'Authorization',
        'X-API-Key',
        'Idempotency-Key',
        'Last-Event-ID',
        'X-User-ID',
        'If-Match',
        'Accept',
        'Cache-Control',
        'traceparent',
        'tracestate',
      ],
      ExposeHeaders: [
        'X-Request-Id',
        'X-Next-Cursor',
        'ETag',
        'Retry-After',
        'Idempotency-Replayed',
        'Location',
        'X-Log-Id',
        'X-Narae-Warnings',
      ],
      MaxAge: 600,
    });
  });

  test('the stage is throttled, logs as JSON, and logs no query string', () => {
    const stage = [...resources(api, 'AWS::ApiGatewayV2::Stage').values()][0]?.Properties;
    const Stage = z.object({
      StageName: z.literal('$default'),
      AutoDeploy: z.literal(true),
      DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.literal(100), ThrottlingBurstLimit: z.literal(200) }),
      AccessLogSettings: z.object({ Format: z.string() }),
    });
    const { AccessLogSettings } = Stage.parse(stage);
    const line = z.record(z.string(), z.string()).parse(JSON.parse(AccessLogSettings.Format));
    expect(Object.keys(line)).toEqual(expect.arrayContaining(['requestId', 'method', 'path', 'status', 'latencyMs']));
    expect(AccessLogSettings.Format).not.toMatch(/query|authorization|header/i);
  });
});
