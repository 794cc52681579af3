/** A route key of an HTTP API: `GET /a/{id}`, `ANY /a/{proxy+}` or `$default`. */
export interface GatewayRoute {
  readonly key: string;
  /** Name of the function behind it. */
  readonly functionName: string;
}

/** What a request was routed to. */
export interface RouteMatch {
  readonly route: GatewayRoute;
  /** Decoded values of the path's parameters. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: GatewayRoute;
  readonly method: string;
  readonly segments: readonly string[];
  readonly greedy: boolean;
}

const ANY = 'ANY';
const DEFAULT = '$default';

/**
 * Selects routes as HTTP APIs do: a full match of the path before `{proxy+}`, literal segments before parameters, a
 * method before ANY, and `$default` for what nothing else takes. A trailing slash counts as an empty last segment, which
 * only `{proxy+}` takes.
 */
export class RouteTable {
  readonly #routes: readonly Compiled[];
  readonly #default: GatewayRoute | undefined;

  constructor(routes: readonly GatewayRoute[]) {
    this.#default = routes.find(({ key }) => key === DEFAULT);
    this.#routes = routes
      .filter(({ key }) => key !== DEFAULT)
      .map(compile)
      .sort(bySpecificity);
  }

  /** By name of the function, the paths without parameters that a GET reaches it by; `/` where it has nothing but `$default`. */
  plainPaths(): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, string[]>();
    for (const { route, method, segments } of this.#routes) {
      if ((method !== 'GET' && method !== ANY) || segments.some((segment) => segment.startsWith('{'))) continue;
      paths.set(route.functionName, [...(paths.get(route.functionName) ?? []), `/${segments.join('/')}`]);
    }
    const last = this.#default?.functionName;
    if (last !== undefined && !paths.has(last)) paths.set(last, ['/']);
    return paths;
  }

  /** @param path decoded, as it goes to the function */
  match(method: string, path: string): RouteMatch | undefined {
    const segments = path.slice(1).split('/');
    for (const candidate of this.#routes) {
      if (candidate.method !== ANY && candidate.method !== method) continue;
      const pathParameters = parametersOf(candidate, segments);
      if (pathParameters) return { route: candidate.route, pathParameters };
    }
    return this.#default && { route: this.#default, pathParameters: {} };
  }
}

function compile(route: GatewayRoute): Compiled {
  const [method = ANY, path = '/'] = route.key.split(' ');
  return { route, method, segments: path.slice(1).split('/'), greedy: path.endsWith('+}') };
}

/** The first that matches in this order is the one that AWS takes. */
function bySpecificity(a: Compiled, b: Compiled): number {
  return (
    Number(a.greedy) - Number(b.greedy) ||
    b.segments.length - a.segments.length ||
    literals(b) - literals(a) ||
    Number(a.method === ANY) - Number(b.method === ANY)
  );
}

const literals = ({ segments }: Compiled): number => segments.filter((segment) => !segment.startsWith('{')).length;

function parametersOf({ segments, greedy }: Compiled, actual: readonly string[]): Record<string, string> | undefined {
  if (greedy ? actual.length < segments.length : actual.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    const value = greedy && isLast ? actual.slice(index).join('/') : (actual[index] ?? '');
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
      continue;
    }
    // Only what is greedy takes nothing at all.
    if (value === '' && !(greedy && isLast)) return undefined;
    parameters[segment.replace(/^\{|\+?\}$/g, '')] = value;
  }
  return parameters;
}
