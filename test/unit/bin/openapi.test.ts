import * as z from 'zod';
import { buildOpenApi } from '../../../bin/openapi/build';
import { functionsManifest } from '../../../lambdas/functions/manifest';
import type { Route } from '../../../lambdas/platform/http/route';

const answers = (body: z.ZodType, more: Partial<Route['success']> = {}): Route => ({
  method: 'GET',
  path: '/things/{id}',
  summary: '',
  scope: 'read',
  success: { status: 200, body, ...more },
  errors: [],
});
const built = (route: Route) => () =>
  buildOpenApi([{ name: 'things', routes: { getThing: route }, examples: {} }], '1.0.0');

test('every route has an example of its answer, or the description is not written', () => {
  const schema = z.object({ a: z.int() });
  expect(built(answers(schema))).toThrow('There is no example for the answer of getThing');
  expect(built(answers(schema, { example: { a: 'x' } }))).toThrow('not what its schema takes');
  expect(JSON.stringify(built(answers(schema, { example: { a: 1 } }))())).toContain('"example":{"a":1}');
});

test('so has every body', () => {
  const body = { schema: z.object({ a: z.int() }) };
  expect(built({ ...answers(z.string(), { example: '' }), method: 'POST', body })).toThrow('the body of getThing');
});

test('a route with a name in its path can miss it, also when the name cannot be decoded', () => {
  const { paths } = buildOpenApi([functionsManifest], '1.0.0') as {
    paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  };
  expect(paths['/api/functions/{functionId}/metrics']?.['get']?.responses['404']?.description).toBe(
    'NOT_FOUND, ROUTE_NOT_FOUND',
  );
  expect(paths['/api/workspaces']?.['get']?.responses['404']).toBeUndefined();
});
