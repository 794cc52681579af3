import type { ServiceManifest } from '../platform/manifest';
import { functionTimeoutSeconds } from '../platform/pipeline/pipeline';
import { appBuilds } from './build/pipeline';
import { appDeploys } from './deploy/pipeline';
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
    needs: {
      // Logs of tasks are kept with those of runs.
      runs: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
      entities: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      objects: { put: ['build-sources'], delete: ['build-sources'] },
      key: ['GenerateDataKey'],
      images: 'pull',
      starts: { NARAE_APP_BUILDS: 'app-builds', NARAE_APP_DEPLOYS: appDeploys.name },
      settings: ['NARAE_DATA_KEY_ID', 'NARAE_NAMESPACES', 'NARAE_REGISTRY', 'NARAE_REGISTRIES', 'NARAE_SPIN'],
    },
  },
  workers: [
    {
      name: 'builder',
      deployedAs: { construct: 'AppBuilder', functionName: 'app-builder' },
      description: 'Lays out sources, puts packages together, publishes them',
      memoryMb: 1792,
      timeoutSeconds: functionTimeoutSeconds(appBuilds),
      trigger: { by: 'pipeline' },
      needs: {
        runs: ['GetItem', 'PutItem', 'UpdateItem'],
        entities: ['GetItem', 'UpdateItem', 'DeleteItem'],
        // What it signs an address for, it must itself be allowed: the toolchain and the installer write artifacts.
        objects: { get: ['build-sources', 'build-artifacts'], put: ['build-artifacts'] },
        key: ['Decrypt'],
        images: 'push',
        settings: ['NARAE_DATA_KEY_ID'],
      },
    },
    {
      name: 'deployer',
      deployedAs: { construct: 'AppDeployer', functionName: 'app-deployer' },
      description: 'Deploys apps, and removes them',
      memoryMb: 1024,
      timeoutSeconds: functionTimeoutSeconds(appDeploys),
      trigger: { by: 'pipeline' },
      needs: {
        // What time it is, by the store (../platform/time/sync-server-clock.ts).
        runs: ['GetItem'],
        entities: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
        key: ['Decrypt'],
        images: 'pull',
        apps: 'deploy',
        settings: ['NARAE_APPS', 'NARAE_DATA_KEY_ID', 'NARAE_REGISTRY', 'NARAE_SPIN'],
      },
    },
  ],
};
