import type { ServiceManifest, WorkerManifest } from '../platform/manifest';
import { functionsErrors } from './error-codes';
import { functionsExamples } from './examples';
import { OWNED_IN } from './limits';
import { functionsRoutes } from './routes';

const cleaner: WorkerManifest = {
  name: 'cleaner',
  description: 'Removes what deleted functions and workspaces left',
  memoryMb: 512,
  timeoutSeconds: 600,
  trigger: {
    by: 'event',
    retries: 2,
    maxAgeMinutes: 60,
    // A deletion wakes it; this is for what a crash left undone.
    schedule: { everyMinutes: 15, description: 'Wakes the cleaner of deleted functions' },
  },
  needs: {
    runs: ['Query', 'DeleteItem', 'BatchWriteItem'],
    runIndexes: ['endedByOwner'],
    entities: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    objects: { delete: ['sources', 'payloads', 'results', 'cancel'], list: true },
    functionLines: 'delete',
    apps: 'have-removed',
    settings: ['NARAE_APP_DEPLOYS', 'NARAE_FUNCTION_LOGS'],
  },
};

const caller: WorkerManifest = {
  name: 'caller',
  description: 'Calls functions that are deployed elsewhere and take longer than a caller waits',
  // It waits: memory is what that costs.
  memoryMb: 256,
  timeoutSeconds: 900,
  trigger: { by: 'request' },
  needs: {
    runs: ['GetItem', 'PutItem', 'UpdateItem'],
    objects: { get: ['payloads'], put: ['results'] },
    apps: 'invoke',
  },
};

export const functionsManifest: ServiceManifest = {
  name: 'functions',
  description: 'The functions API: workspaces, stored functions, invoke, logs, metrics',
  routes: functionsRoutes,
  examples: functionsExamples,
  errors: functionsErrors,
  owned: {
    params: {
      workspaceId: { nobodys: 'ws-nobodys' },
      functionId: { nobodys: 'fn-00000000000000000000000000' },
    },
    harmless: ['limit', 'raw'],
  },
  runs: { ownedIn: OWNED_IN, inEveryWorkspace: true },
  api: {
    needs: {
      runs: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
      runIndexes: ['endedByRoom', 'endedByOwner'],
      entities: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      objects: {
        get: ['sources', 'results', 'payloads'],
        put: ['sources', 'code', 'payloads', 'results', 'cancel'],
        delete: ['sources'],
      },
      key: ['GenerateDataKey', 'Decrypt'],
      functionLines: 'read',
      apps: 'invoke',
      readsMetrics: true,
      invokes: {
        NARAE_RUNNER_FUNCTION: 'runner',
        NARAE_CLEANER_FUNCTION: 'cleaner',
        NARAE_CALLER_FUNCTION: 'caller',
      },
      settings: [
        'NARAE_DATA_KEY_ID',
        'NARAE_FUNCTION_LOGS',
        'NARAE_OPEN_TARGETS',
        'NARAE_OWN_HOSTS',
        'NARAE_LOKI_URL',
        'NARAE_PROMETHEUS_URL',
      ],
    },
  },
  workers: [cleaner, caller],
  alarms: [
    {
      name: 'cleaning-given-up',
      meaning: 'The removal of what was deleted failed in all its tries; it comes back every 15 minutes.',
      on: { deadLettersOf: 'cleaner' },
    },
  ],
};
