import { AppError } from './errors';
import type { Route, RouteTable } from './route';

export interface Match<T extends RouteTable> {
  readonly name: keyof T & string;
  readonly route: T[keyof T & string];
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly name: string;
  readonly route: Route;
  readonly segments: readonly string[];
  readonly literals: number;
}

/**
 * Finds the row of the table that answers a request. Trailing slashes do not matter; literal segments win over
 * parameters. The path is taken as it is: an HTTP API has decoded it, and a second time would change a name with a `%`.
 * @throws AppError `ROUTE_NOT_FOUND`, or `METHOD_NOT_ALLOWED` with `Allow` when the path is known
 * (docs/contracts/common.md)
 */
export function createRouter<T extends RouteTable>(table: T): (method: string, path: string) => Match<T> {
  const compiled = Object.entries(table)
    .map(([name, route]): Compiled => {
      const segments = split(route.path);
      return { name, route, segments, literals: segments.filter((segment) => !isParameter(segment)).length };
    })
    .sort((a, b) => b.literals - a.literals);

  return (method, path) => {
    const segments = split(path);
    const allowed = new Set<string>();
    for (const candidate of compiled) {
      const params = matchSegments(candidate.segments, segments);
      if (!params) continue;
      // A HEAD request is a GET whose body the front drops.
      if (candidate.route.method === (method === 'HEAD' ? 'GET' : method)) {
        return { name: candidate.name, route: candidate.route as T[keyof T & string], params };
      }
      allowed.add(candidate.route.method);
    }
    if (allowed.size === 0) throw routeNotFound(path);
    const allow = [...allowed].sort().join(', ');
    throw new AppError('METHOD_NOT_ALLOWED', `${method} is not served here. Use ${allow}.`, {
      headers: { Allow: allow },
    });
  };
}

export const routeNotFound = (path: string): AppError =>
  new AppError('ROUTE_NOT_FOUND', `There is no '${path.slice(0, 200)}' here. /openapi.json lists every path.`);

const isParameter = (segment: string): boolean => segment.startsWith('{');

function split(path: string): string[] {
  return path.replace(/^\/+|\/+$/g, '').split('/');
}

function matchSegments(pattern: readonly string[], actual: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = actual[index] ?? '';
    if (!isParameter(segment)) {
      if (segment !== value) return undefined;
      continue;
    }
    if (value === '') return undefined;
    params[segment.slice(1, -1)] = value;
  }
  return params;
}
