import * as z from 'zod';
import type { Route } from '../../../lambdas/platform/route';
import type { Owned } from './owned';

/** Query strings that name nothing that anybody has. */
const HARMLESS = new Set([
  'limit',
  'after',
  'status',
  'cursor',
  'skip',
  'minutes',
  'period',
  'ticket',
  'lastEventId',
  'description',
  'input_data',
  'wait',
  'timeout_ms',
  'offset',
]);

export interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly json: unknown;
}

/**
 * A request on a route that names somebody's things wherever the route lets something be named.
 * Throws for a name that nobody has said of whose it is: a new route has to be thought about once.
 */
export function requestOn(route: Route, owned: Owned): Wanted {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(known(owned.params, name, route)),
  );
  const query = Object.keys(route.query?.shape ?? {})
    .filter((name) => !HARMLESS.has(name))
    .map((name) => `${name}=${encodeURIComponent(known(owned.query, name, route))}`);
  return {
    method: route.method,
    path: path + (query.length > 0 ? `?${query.join('&')}` : ''),
    json: bodyOn(route, owned),
  };
}

function known(values: Readonly<Record<string, string>>, name: string, { method, path }: Route): string {
  const value = values[name];
  if (value === undefined) throw new Error(`Whose is '${name}' of ${method} ${path}? Say it in workspaces/owned.ts.`);
  return value;
}

/** The example of the route, with the ids of what is owned in all fields that may link to something. */
function bodyOn({ body, method, path }: Route, owned: Owned): unknown {
  if (!body || body.unparsed) return method === 'GET' ? undefined : {};
  const links = fieldsIn(z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' })).filter((name) =>
    /(^|_)(id|key)$|Id$/.test(name),
  );
  const unknown = links.find((name) => owned.body[name] === undefined);
  if (unknown !== undefined) throw new Error(`Whose is '${unknown}' in the body of ${method} ${path}?`);
  const example: unknown = body.example ?? {};
  return {
    ...(typeof example === 'object' ? example : {}),
    ...Object.fromEntries(links.map((name) => [name, owned.body[name]])),
  };
}

/** Names of all fields that a JSON schema describes, whatever they are fields of. */
function fieldsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) => [
    ...(name === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value) : []),
    ...fieldsIn(value),
  ]);
}
