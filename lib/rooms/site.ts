import { siteRoutes } from '../../lambdas/site/routes';
import { decryptThrough, onTable, readSecrets } from '../constructs/access';
import type { Ground, Room } from './room';

export const siteRoom = ({ data }: Ground): Room => ({
  name: 'site',
  description: 'Health, description and demo page; answers what no room owns',
  routes: siteRoutes,
  catchAll: true,
  assets: [
    { from: 'node_modules/swagger-ui-dist/swagger-ui-bundle.js' },
    { from: 'node_modules/swagger-ui-dist/swagger-ui.css' },
    {
      from: 'node_modules/redoc/bundles/redoc.standalone.js',
      // The one thing that it would load from elsewhere: a picture beside the name of who made it.
      instead: { 'https://cdn.redoc.ly/redoc/logo-mini.svg': 'data:,' },
    },
  ],
  access: [
    // Health asks whether the store answers; all routes are public.
    onTable(data.entities, 'GetItem'),
    ...readSecrets(data, { tickets: false }),
    decryptThrough(data, 'dynamodb'),
  ],
});
