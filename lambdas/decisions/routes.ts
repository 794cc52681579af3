import type { RouteTable } from '../platform/http/route';
import { cardRoutes } from './card-routes';
import { organisationRoutes } from './organisation-routes';

/** The decisions API (docs/contracts/decisions.md#endpoints); its streams are those of the service `stream`. */
export const decisionsRoutes = { ...cardRoutes, ...organisationRoutes } as const satisfies RouteTable;
