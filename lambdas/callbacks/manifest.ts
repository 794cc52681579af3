import type { ServiceManifest } from '../platform/manifest';
import { functionTimeoutSeconds } from '../platform/pipeline/pipeline';
import { callbackBuilds } from './deploy/pipeline';
import { callbacksErrors } from './error-codes';
import { callbacksExamples } from './examples';
import { RESERVED_NAMES } from './limits';
import { callbacksRoutes } from './routes';

export const callbacksManifest: ServiceManifest = {
  name: 'callbacks',
  description: 'The callbacks API: register endpoints, deploy them, call them; chat rooms',
  routes: callbacksRoutes,
  examples: callbacksExamples,
  errors: callbacksErrors,
  owned: {
    params: {
      callback_id: { nobodys: 987_654_321 },
      chat_id: { nobodys: 987_654_321 },
      path_name: { nobodys: 'nobodys' },
    },
    query: { chat_room_id: { nobodys: 987_654_321 } },
    body: {
      callback_id: { nobodys: 987_654_321 },
      chat_id: { nobodys: 987_654_321 },
      chat_room_id: { nobodys: 987_654_321 },
    },
    harmless: ['limit', 'cursor'],
  },
  reservedNames: RESERVED_NAMES,
  stack: 'builds',
  api: {
    needs: {
      runs: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      entities: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
      objects: {
        get: ['sources', 'results'],
        put: ['sources', 'code', 'payloads', 'cancel'],
        delete: ['sources'],
      },
      key: ['GenerateDataKey', 'Decrypt'],
      invokes: { NARAE_RUNNER_FUNCTION: 'runner' },
      starts: { NARAE_CALLBACK_BUILDS: 'callback-builds' },
      settings: ['NARAE_DATA_KEY_ID', 'NARAE_RESERVED_NAMES'],
    },
  },
  workers: [
    {
      name: 'builder',
      deployedAs: { construct: 'CallbackBuilder', functionName: 'callback-builder' },
      description: 'Checks the code of a callback, finds its packages, puts it on its route',
      memoryMb: 1024,
      timeoutSeconds: functionTimeoutSeconds(callbackBuilds),
      trigger: { by: 'pipeline' },
      needs: {
        runs: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
        entities: ['GetItem', 'PutItem', 'DeleteItem'],
        objects: {
          get: ['sources', 'results'],
          // What it signs an address for, it must itself be allowed: libraries are written by installers.
          put: ['code', 'payloads', 'cancel', 'libraries'],
        },
        invokes: { NARAE_RUNNER_FUNCTION: 'runner' },
        settings: ['NARAE_DATA_KEY_ID'],
      },
    },
  ],
};
