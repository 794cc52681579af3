import type { ServiceManifest } from '../platform/manifest';
import { buildsErrors } from './errors';
import { buildsExamples } from './examples';
import { BUILD_LIMITS } from './limits';
import { buildsRoutes } from './routes';

export const buildsManifest: ServiceManifest = {
  name: 'builds',
  description: 'The builds API: build sources, publish what was built, deploy it',
  routes: buildsRoutes,
  examples: buildsExamples,
  errors: buildsErrors,
  owned: {
    params: { task_id: { nobodys: 'nobodys' }, workspace_id: { nobodys: 'ws-nobodys', emptyIfMissing: true } },
    query: { workspace_id: { nobodys: 'ws-nobodys' } },
    body: {
      workspace_id: { nobodys: 'ws-nobodys' },
      function_id: { nobodys: 'fn-nobodys', everybodys: true },
    },
    harmless: ['limit'],
  },
  storedPrefixes: [
    { prefix: 'build-sources', days: BUILD_LIMITS.keptDays, versionDays: 7 },
    { prefix: 'build-artifacts', days: BUILD_LIMITS.keptDays, versionDays: 7 },
  ],
  stack: 'app-builds',
  api: {
    needs: { entities: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] },
  },
};
