import { callbacksRoutes } from '../../lambdas/callbacks/routes';
import {
  invoke,
  keyItself,
  decryptThrough,
  encryptThrough,
  knowAbsence,
  onObjects,
  onTable,
  readSecrets,
  startExecution,
} from '../constructs/access';
import type { Ground, Room } from './room';

export const callbacksRoom = ({ data, engine, builds }: Ground): Room => ({
  name: 'callbacks',
  description: 'The callbacks API: register endpoints, deploy them, call them; chat rooms',
  routes: callbacksRoutes,
  environment: {
    NARAE_RUNNER_FUNCTION: engine.runner.functionName,
    NARAE_CALLBACK_BUILDS: builds.callbackBuilds.stateMachineArn,
    NARAE_DATA_KEY_ID: data.key.keyId,
  },
  access: [
    onTable(data.runs, 'GetItem', 'Query', 'PutItem', 'UpdateItem'),
    onTable(
      data.entities,
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ),
    onObjects(data.bucket, 'Get', 'sources', 'results'),
    onObjects(data.bucket, 'Put', 'sources', 'code', 'payloads', 'cancel'),
    onObjects(data.bucket, 'Delete', 'sources'),
    knowAbsence(data.bucket),
    invoke([engine.runner]),
    startExecution(builds.callbackBuilds),
    ...readSecrets(data, { tickets: false }),
    keyItself(data, 'GenerateDataKey'),
    keyItself(data, 'Decrypt'),
    decryptThrough(data, 'dynamodb', 's3'),
    encryptThrough(data, 's3'),
  ],
});
