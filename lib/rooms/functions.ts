import { functionsRoutes } from '../../lambdas/functions/routes';
import {
  invoke,
  keyItself,
  decryptThrough,
  encryptThrough,
  knowAbsence,
  onObjects,
  onTable,
  queryIndex,
  readLines,
  readMetrics,
  readSecrets,
} from '../constructs/access';
import { ENDED_BY_OWNER, ENDED_BY_ROOM } from '../constructs/tables';
import type { Ground, Room } from './room';

export const functionsRoom = ({ config, data, engine, functions }: Ground): Room => ({
  name: 'functions',
  description: 'The functions API: workspaces, stored functions, invoke, logs, metrics',
  routes: functionsRoutes,
  environment: {
    NARAE_RUNNER_FUNCTION: engine.runner.functionName,
    NARAE_CLEANER_FUNCTION: functions.cleaner.functionName,
    NARAE_CALLER_FUNCTION: functions.caller.functionName,
    NARAE_DATA_KEY_ID: data.key.keyId,
    NARAE_FUNCTION_LOGS: engine.functionLogs.logGroupName,
    NARAE_OPEN_TARGETS: config.openTargets.join(','),
    ...(config.edge.domainName !== undefined && { NARAE_OWN_HOSTS: config.edge.domainName }),
    ...(config.lokiUrl !== undefined && { NARAE_LOKI_URL: config.lokiUrl }),
    ...(config.prometheusUrl !== undefined && { NARAE_PROMETHEUS_URL: config.prometheusUrl }),
  },
  access: [
    onTable(data.runs, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    queryIndex(data.runs, ENDED_BY_ROOM),
    queryIndex(data.runs, ENDED_BY_OWNER),
    onTable(data.entities, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    onObjects(data.bucket, 'Get', 'sources', 'results', 'payloads'),
    onObjects(data.bucket, 'Put', 'sources', 'code', 'payloads', 'results', 'cancel'),
    onObjects(data.bucket, 'Delete', 'sources'),
    knowAbsence(data.bucket),
    invoke([engine.runner, functions.cleaner, functions.caller]),
    readLines(engine.functionLogs),
    readMetrics(),
    ...readSecrets(data, { tickets: false }),
    keyItself(data, 'GenerateDataKey'),
    keyItself(data, 'Decrypt'),
    decryptThrough(data, 'dynamodb', 's3'),
    encryptThrough(data, 's3'),
  ],
  accepted: [
    {
      rule: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'cloudwatch:GetMetricData knows no resources: who may read metrics may read all of the account.',
    },
  ],
});
