import { jobsRoutes } from '../../lambdas/jobs/routes';
import {
  invoke,
  keyItself,
  decryptThrough,
  encryptThrough,
  knowAbsence,
  onObjects,
  onTable,
  queryIndex,
  readSecrets,
} from '../constructs/access';
import { ENDED_BY_ROOM } from '../constructs/tables';
import type { Ground, Room } from './room';

export const jobsRoom = ({ config, data, engine }: Ground): Room => {
  const { domainName } = config.edge;
  const publicUrl = config.publicUrl ?? (domainName === undefined ? undefined : `https://${domainName}`);
  return {
    name: 'jobs',
    description: 'The jobs API: upload scripts, run them, read what came of it',
    routes: jobsRoutes,
    environment: {
      NARAE_RUNNER_FUNCTION: engine.runner.functionName,
      NARAE_DATA_KEY_ID: data.key.keyId,
      ...(publicUrl !== undefined && { NARAE_PUBLIC_URL: publicUrl }),
    },
    access: [
      onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
      queryIndex(data.runs, ENDED_BY_ROOM),
      onTable(data.entities, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
      onObjects(data.bucket, 'Get', 'code', 'results'),
      // Results: an answer of several megabytes that a repeat with the same Idempotency-Key gets again.
      onObjects(data.bucket, 'Put', 'code', 'payloads', 'results', 'cancel'),
      knowAbsence(data.bucket),
      invoke([engine.runner]),
      ...readSecrets(data, { tickets: false }),
      keyItself(data, 'GenerateDataKey'),
      decryptThrough(data, 'dynamodb', 's3'),
      encryptThrough(data, 's3'),
    ],
  };
};
