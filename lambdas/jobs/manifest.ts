import type { ServiceManifest } from '../platform/manifest';
import { jobsErrors } from './error-codes';
import { jobsExamples } from './examples';
import { jobsRoutes } from './routes';

export const jobsManifest: ServiceManifest = {
  name: 'jobs',
  description: 'The jobs API: upload scripts, run them, read what came of it',
  routes: jobsRoutes,
  examples: jobsExamples,
  errors: jobsErrors,
  owned: {
    params: {
      job_id: { nobodys: '00000000-0000-4000-8000-000000000000' },
      project: { nobodys: 'nobodys', emptyIfMissing: true },
      cluster: { nobodys: 'pool', everybodys: true },
    },
    query: { log_key: { nobodys: 'nobodys' }, project_name: { nobodys: 'nobodys' } },
    harmless: ['limit', 'cursor', 'minutes', 'period', 'description', 'input_data', 'wait'],
  },
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
