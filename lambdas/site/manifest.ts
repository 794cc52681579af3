import type { ServiceManifest } from '../platform/manifest';
import { siteExamples } from './examples';
import { siteRoutes } from './routes';

export const siteManifest: ServiceManifest = {
  name: 'site',
  description: 'Health, description and demo page; answers what no service owns',
  routes: siteRoutes,
  examples: siteExamples,
  owned: { params: { asset: { nobodys: 'nobodys.js', everybodys: true } } },
  api: {
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
    // Health asks whether the store answers; all routes are public.
    needs: { entities: ['GetItem'], settings: ['NARAE_DECISIONS'] },
  },
};
