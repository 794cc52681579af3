import type { RouteTable } from '../../lambdas/platform/http/route';

/**
 * The prefixes a service owns in API Gateway: each path up to its first parameter. The service's own router does the rest,
 * so that 404, 405 and trailing slashes are answered in the contract's form and not in the gateway's.
 * A prefix below a shorter one of the same service is left out: `P/{proxy+}` already covers it.
 */
export function routePrefixes(table: RouteTable): string[] {
  const literal = Object.values(table).map(({ path }) => path.replace(/\/\{.*$/, '') || '/');
  const shortestFirst = [...new Set(literal)].sort((a, b) => a.length - b.length || a.localeCompare(b));
  return shortestFirst.filter((prefix, i) => !shortestFirst.slice(0, i).some((above) => covers(above, prefix)));
}

/** `/` covers itself only: what is below it belongs to other services, or to nobody. */
const covers = (above: string, prefix: string): boolean => above !== '/' && prefix.startsWith(`${above}/`);

/** @throws Error if two services own the same prefix: API Gateway would take the routes of one and refuse the other's */
export function refuseSharedPrefixes(
  services: readonly { readonly name: string; readonly routes: RouteTable }[],
): void {
  const owners = new Map<string, string>();
  for (const { name, routes } of services)
    for (const prefix of routePrefixes(routes)) {
      const owner = owners.get(prefix);
      if (owner !== undefined) throw new Error(`The services ${owner} and ${name} both have routes at ${prefix}`);
      owners.set(prefix, name);
    }
}

/** API Gateway's paths for a prefix. A route may not end in `/`, and `/a/{proxy+}` also takes `/a/`. */
export const gatewayPaths = (prefix: string): string[] => (prefix === '/' ? ['/'] : [prefix, `${prefix}/{proxy+}`]);
