import type { ServiceManifest } from '../../lambdas/platform/manifest';
import type { Route } from '../../lambdas/platform/http/route';

/** Tables of tests that look at every route there is: made of the list of services, so that a new one is in them. */

export interface ServedRoute {
  readonly service: ServiceManifest;
  readonly operation: string;
  readonly route: Route;
}

export const servedBy = (services: readonly ServiceManifest[]): ServedRoute[] =>
  services.flatMap((service) =>
    Object.entries(service.routes).map(([operation, route]) => ({ service, operation, route })),
  );

/** Routes that ask for a credential. */
export const guardedRoutes = (services: readonly ServiceManifest[]): ServedRoute[] =>
  servedBy(services).filter(({ route }) => route.scope !== 'public');

/** With a title each, for `test.each`. */
export const titled = (routes: readonly ServedRoute[]) =>
  routes.map((served) => [`${served.route.method} ${served.route.path}`, served] as const);
