import description from '../../docs/openapi.json';
import { dynamo } from '../platform/aws/dynamo';
import { systemClock } from '../platform/clock';
import { access } from '../platform/compose';
import { endpoint, type UseCases } from '../platform/endpoint';
import { commonEnv, readEnv } from '../platform/env';
import { Idempotency } from '../platform/idempotency';
import { telemetry } from '../platform/telemetry';
import { docsPage } from './docs-page';
import { storeProbe } from './health';
import { siteRoutes } from './routes';

const env = readEnv(commonEnv);
const db = dynamo(1);
const { authenticate, originGuard } = access(env, db, systemClock);
const storeAnswers = storeProbe(db, env.NARAE_RUNS_TABLE, systemClock);

type Site = UseCases<typeof siteRoutes>;

const getPlatform: Site['getPlatform'] = () =>
  Promise.resolve({
    body: { name: 'Narae', service: 'narae', version: env.NARAE_VERSION, status: 'running', docs: '/docs' },
  });

const health = async () => {
  const healthy = await storeAnswers();
  const status: 'healthy' | 'unhealthy' = healthy ? 'healthy' : 'unhealthy';
  return { status: healthy ? 200 : 503, body: { status, environment: env.NARAE_STAGE } };
};

export const handler = endpoint({
  routes: siteRoutes,
  useCases: {
    getPlatform,
    getHealth: health,
    getApiHealth: health,
    getOpenApi: () => Promise.resolve({ body: description }),
    getDocs: () => Promise.resolve({ body: docsPage(description) }),
    getRedoc: () => Promise.resolve({ body: docsPage(description) }),
  },
  authenticate,
  originGuard,
  idempotency: new Idempotency(db, env.NARAE_ENTITIES_TABLE, systemClock),
  telemetry: telemetry('site'),
});
