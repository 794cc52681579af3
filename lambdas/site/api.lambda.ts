import path from 'node:path';
import * as z from 'zod';
import description from '../../docs/openapi.json';
import { dynamo } from '../platform/aws/clients';
import type { UseCases } from '../platform/http/endpoint';
import { composeService } from '../platform/http/service';
import { commonEnv, jsonText, readEnv } from '../platform/env';
import { prefersHtml } from './accept';
import { demoAssets } from './demo-assets';
import { demoPage } from './demo-page';
import { assetsIn } from './assets';
import { redocPage, swaggerPage } from './docs-pages';
import { storeProbe } from './health';
import { siteRoutes } from './routes';

const env = readEnv(
  commonEnv.extend({ NARAE_DECISIONS: jsonText.pipe(z.object({ provider: z.string(), embedder: z.string() })) }),
);
// A connection that died while we were frozen is tried anew.
const db = dynamo(2);
const { clock, endpoint, observed } = composeService('site', env, db);
const storeAnswers = storeProbe(db, env.NARAE_ENTITIES_TABLE, clock, (cause) => {
  observed.logger.error('the store does not answer', { cause });
});

const demo = demoPage(demoAssets);
const assets = assetsIn(path.join(__dirname, 'assets'));

type Site = UseCases<typeof siteRoutes>;

/** `Vary`: a cache must not show a program the page, nor a person the JSON. */
const getPlatform: Site['getPlatform'] = (_request, { headers }) =>
  Promise.resolve(
    prefersHtml(headers['accept'])
      ? { body: demo.body, headers: { ...demo.headers, Vary: 'Accept' } }
      : {
          body: { name: 'Narae', service: 'narae', version: env.NARAE_VERSION, status: 'running', docs: '/docs' },
          headers: { Vary: 'Accept' },
        },
  );

const health = async () => {
  const healthy = await storeAnswers();
  const status: 'healthy' | 'unhealthy' = healthy ? 'healthy' : 'unhealthy';
  const services: Record<string, 'up' | 'down'> = { store: healthy ? 'up' : 'down' };
  const body = { status, environment: env.NARAE_STAGE, services, ...env.NARAE_DECISIONS };
  return { status: healthy ? 200 : 503, body };
};

export const handler = endpoint({
  routes: siteRoutes,
  useCases: {
    getPlatform,
    getHealth: health,
    getApiHealth: health,
    getOpenApi: () => Promise.resolve({ body: description }),
    getDocs: async () => swaggerPage(await assets.versions()),
    getRedoc: async () => redocPage(await assets.versions()),
    getDocsAsset: ({ params: { asset } }, { headers }) => assets.reply(asset, headers),
  },
});
