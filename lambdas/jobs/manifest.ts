import type { ServiceManifest } from '../platform/manifest';
import { jobsExamples } from './examples';
import { jobsRoutes } from './routes';

export const jobsManifest: ServiceManifest = {
  name: 'jobs',
  description: 'The jobs API: upload scripts, run them, read what came of it',
  routes: jobsRoutes,
  examples: jobsExamples,
  api: {
    needs: {
      runs: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
      runIndexes: ['endedByRoom'],
      entities: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      objects: {
        get: ['code', 'results'],
        // Results: an answer of several megabytes that a repeat with the same Idempotency-Key gets again.
        put: ['code', 'payloads', 'results', 'cancel'],
      },
      key: ['GenerateDataKey'],
      invokes: { NARAE_RUNNER_FUNCTION: 'runner' },
      settings: ['NARAE_DATA_KEY_ID', 'NARAE_PUBLIC_URL'],
    },
  },
};
