import * as z from 'zod';
import type { ServedRoute } from '../../support/served-routes';
import { exampleBody, exampleHeaders } from './examples';
import { namesOf, type Names, type Owned, type Values } from './names';

export interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/**
 * A request on a route that names somebody's things wherever the route lets something be named.
 * Throws for a name of which its manifest does not say whose it is: a new route has to be thought about once.
 */
export function requestOn(served: ServedRoute, owned: Owned): Wanted {
  const { route, service } = served;
  const names = namesOf(owned, service);
  const harmless = new Set(service.owned?.harmless);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(known(names.params, name, served)),
  );
  const query = Object.keys(route.query?.shape ?? {})
    .filter((name) => !harmless.has(name))
    .map((name) => `${name}=${encodeURIComponent(known(names.query, name, served))}`);
  return {
    method: route.method,
    path: path + (query.length > 0 ? `?${query.join('&')}` : ''),
    headers: exampleHeaders(route),
    json: bodyOn(served, names),
  };
}

function known(values: Values, name: string, { route, service }: ServedRoute): string | number {
  const value = values[name];
  if (value === undefined)
    throw new Error(
      `Whose is '${name}' of ${route.method} ${route.path}? Say it in 'owned' of the manifest of ${service.name}.`,
    );
  return value;
}

/** The example of the route, with the ids of what is owned in all fields that may link to something. */
function bodyOn(served: ServedRoute, names: Names): unknown {
  const { route, service } = served;
  const { body, method } = route;
  if (!body || body.unparsed) return method === 'GET' ? undefined : {};
  const links = fieldsIn(z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' })).filter((name) =>
    /(^|_)(id|key)$|Id$/.test(name),
  );
  const example = exampleBody(route, service) ?? {};
  return {
    ...(typeof example === 'object' ? example : {}),
    ...Object.fromEntries(links.map((name) => [name, known(names.body, name, served)])),
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
