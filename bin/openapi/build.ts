import * as z from 'zod';
import {
  COMMON_ERRORS,
  STATUS_BY_CODE,
  statusOf,
  type ErrorCode,
  type ErrorStatuses,
} from '../../lambdas/platform/http/errors';
import type { Examples, ServiceManifest } from '../../lambdas/platform/manifest';
import type { RequestHeader, Route, RouteSuccess } from '../../lambdas/platform/http/route';
import { requestExample, responseExample } from './examples';

/** The API's description (OpenAPI 3.1), made of the route tables of services. */

type Json = Record<string, unknown>;

/** Components by name: schemas with an id are written once and referred to. */
class Components {
  readonly schemas: Record<string, Json> = {};
  readonly #named = new Map<string, z.ZodType>();

  /** @param io which side of a schema callers see: what they send or what they get */
  refer(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $defs,
      $schema: _dialect,
      ...root
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      target: 'draft-2020-12',
    }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs ?? {})) this.schemas[name] = relocate(definition);
    const id = schema.meta()?.id;
    if (id === undefined) return relocate(root);
    const named = this.#named.get(id) ?? schema;
    if (named !== schema) throw new Error(`Two schemas have the id ${id}: one would stand in for the other.`);
    this.#named.set(id, schema);
    // Where a schema refers to itself, its definition stands among the others already.
    if (root['$ref'] === undefined) this.schemas[id] = relocate(root);
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** References inside a schema point to where OpenAPI keeps them. */
function relocate(schema: Json): Json {
  const { id: _id, ...rest } = schema;
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

/** What the description needs to know of a service. */
type Described = Pick<ServiceManifest, 'name' | 'routes' | 'examples' | 'errors'>;

/** What an operation's description is made with. */
interface Context {
  readonly components: Components;
  readonly examples: Examples;
  /** Codes of the service's own. */
  readonly errors: ErrorStatuses | undefined;
}

export function buildOpenApi(services: readonly Described[], version: string): Json {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const { name, routes, examples, errors } of services) {
    for (const [operationId, route] of Object.entries(routes)) {
      const described = operation(name, operationId, route, { components, examples, errors });
      (paths[route.path] ??= {})[route.method.toLowerCase()] = described;
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Narae',
      version,
      description: 'A serverless function platform that a team owns. Every path is also served with a trailing slash.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: services.map(({ name }) => ({ name })),
    paths,
    components: {
      schemas: { ...components.schemas, Error: errorSchema(services) },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: `nk_...`' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

const errorSchema = (services: readonly Described[]): Json => ({
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'requestId'],
      properties: {
        code: { type: 'string', enum: codesOf(services) },
        message: { type: 'string' },
        details: { type: 'object' },
        requestId: { type: 'string' },
      },
    },
    detail: { type: 'string', description: 'The message once more (jobs, callbacks and decisions).' },
  },
});

const codesOf = (services: readonly Described[]): string[] => [
  ...Object.keys(STATUS_BY_CODE),
  ...services.flatMap(({ errors = {} }) => Object.keys(errors)),
];

function operation(tag: string, operationId: string, route: Route, context: Context): Json {
  return {
    operationId,
    tags: [tag],
    summary: route.summary,
    security: route.scope === 'public' ? [] : [{ bearer: [] }, { apiKey: [] }, {}],
    ...(route.scope !== 'public' && { 'x-scope': route.scope }),
    parameters: [...pathParameters(route), ...queryParameters(route, context.components), ...headerParameters(route)],
    ...(route.body && { requestBody: requestBody(operationId, route.body, context) }),
    responses: responses(operationId, route, context),
  };
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route, components: Components): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const described = schema as z.ZodType;
    const { description, ...json } = components.refer(described, 'input');
    return {
      name,
      in: 'query',
      required: !described.safeParse(undefined).success,
      schema: json,
      ...(description !== undefined && { description }),
    };
  });
}

function headerParameters({ body, success, requestHeaders }: Route): Json[] {
  const described: Record<string, RequestHeader> = {
    ...requestHeaders,
    ...(body?.idempotent && {
      'Idempotency-Key': { description: '1 to 255 visible ASCII characters, kept 24 h for this path.' },
    }),
    ...(success.contentType === 'text/event-stream' && {
      'Last-Event-ID': { description: 'Resume after this seq.' },
    }),
  };
  return Object.entries(described).map(([name, { description, required = false, example }]) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
    ...(example !== undefined && { example }),
  }));
}

function requestBody(operationId: string, body: NonNullable<Route['body']>, { components, examples }: Context): Json {
  const media = {
    schema: components.refer(body.form ?? body.schema, 'input'),
    example: requestExample(operationId, body, examples),
  };
  const contentType = body.form ? 'multipart/form-data' : body.unparsed ? '*/*' : 'application/json';
  return { required: body.required !== false, content: { [contentType]: media } };
}

function responses(operationId: string, route: Route, { components, examples, errors }: Context): Json {
  const { success } = route;
  const media = {
    schema: answerSchema(success, components),
    example: responseExample(operationId, route, examples),
  };
  const answer: Json = {
    description: success.description ?? 'Success',
    headers: Object.fromEntries(
      ['X-Request-Id', ...(success.headers ?? [])].map((name) => [name, { schema: { type: 'string' } }]),
    ),
    ...((success.body ?? success.contentType) && { content: { [success.contentType ?? 'application/json']: media } }),
  };
  const all: Json = { [success.status]: answer };
  if (success.contentType === 'text/event-stream') all['204'] = { description: 'All events were seen already.' };
  for (const [status, codes] of byStatus(route, errors)) {
    const error = { $ref: '#/components/schemas/Error' };
    const { otherwise } = success;
    const schema =
      otherwise?.status === status ? { anyOf: [components.refer(otherwise.body, 'output'), error] } : error;
    all[status] = { description: codes.join(', '), content: { 'application/json': { schema } } };
  }
  return all;
}

function answerSchema({ body, events }: RouteSuccess, components: Components): Json {
  if (events) return eventSchema(components.refer(events, 'output'));
  return body ? components.refer(body, 'output') : { type: 'string' };
}

/** A stream's schema is that of one of its events: OpenAPI 3.1 has no other way to say what comes in a stream. */
const eventSchema = (contentSchema: Json): Json => ({
  type: 'object',
  required: ['id', 'event', 'data'],
  properties: {
    id: { type: 'string' },
    event: { type: 'string' },
    data: { type: 'string', contentMediaType: 'application/json', contentSchema },
  },
});

/** Codes of a route by their status; what any route may answer is said for each. */
function byStatus(route: Route, own: ErrorStatuses | undefined): Map<number, ErrorCode[]> {
  const codes: ErrorCode[] = [
    ...route.errors,
    ...(route.scope === 'public' ? [] : (['UNAUTHENTICATED', 'FORBIDDEN'] as const)),
    // A name that cannot be decoded is no name of anything (lambdas/platform/http/router.ts).
    ...(route.path.includes('{') ? (['ROUTE_NOT_FOUND'] as const) : []),
    ...COMMON_ERRORS,
  ];
  const grouped = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const status = statusOf(code, own);
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return new Map([...grouped].sort(([a], [b]) => a - b));
}
