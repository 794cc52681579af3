import type { ServiceManifest } from '../platform/manifest';
import { invocationsErrors } from './error-codes';
import { invocationsExamples } from './examples';
import { invocationsRoutes } from './routes';

export const invocationsManifest: ServiceManifest = {
  name: 'invocations',
  description: 'The invocations API: start runs, read them, cancel them',
  routes: invocationsRoutes,
  examples: invocationsExamples,
  errors: invocationsErrors,
  owned: {
    params: { id: { nobodys: 'inv-00000000000000000000000000' } },
    query: { batchId: { nobodys: 'bat-000000000000' } },
    harmless: ['limit', 'cursor', 'status', 'after'],
  },
  api: {
    needs: {
      runs: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
      entities: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      objects: { get: ['results'], put: ['code', 'payloads', 'cancel'] },
      key: ['GenerateDataKey'],
      tickets: true,
      invokes: { NARAE_RUNNER_FUNCTION: 'runner' },
      settings: ['NARAE_DATA_KEY_ID', 'NARAE_SERVICE_RUNS'],
    },
  },
};
