import { invocationsRoutes } from '../../lambdas/invocations/routes';
import {
  invoke,
  keyItself,
  decryptThrough,
  encryptThrough,
  knowAbsence,
  onObjects,
  onTable,
  readSecrets,
} from '../constructs/access';
import type { Ground, Room } from './room';

export const invocationsRoom = ({ data, engine }: Ground): Room => ({
  name: 'invocations',
  description: 'The invocations API: start runs, read them, cancel them',
  routes: invocationsRoutes,
  environment: {
    NARAE_RUNNER_FUNCTION: engine.runner.functionName,
    NARAE_DATA_KEY_ID: data.key.keyId,
  },
  access: [
    onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    onTable(data.entities, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    onObjects(data.bucket, 'Get', 'results'),
    onObjects(data.bucket, 'Put', 'code', 'payloads', 'cancel'),
    knowAbsence(data.bucket),
    invoke([engine.runner]),
    ...readSecrets(data, { tickets: true }),
    keyItself(data, 'GenerateDataKey'),
    decryptThrough(data, 'dynamodb', 's3'),
    encryptThrough(data, 's3'),
  ],
});
