import * as z from 'zod';
import type { RecordedCall } from '../../local/recording/recorded-call';
import type { Deployed } from './deployed';
import type { Request } from './policy';

/** What IAM is asked for a call: what it does itself, and what services do with keys on behalf of its caller. */
export function requestsOf(call: RecordedCall, stage: Deployed): Request[] {
  const asked = SERVICES[call.service];
  if (!asked) throw new Error(`Calls of ${call.service} are not known here: test/permissions/requests.ts`);
  const caller = stage.roles.get(call.caller);
  const context = caller ? { 'lambda:SourceFunctionArn': caller.arn } : {};
  return asked(call, stage).map((request) => ({ ...request, context: { ...context, ...request.context } }));
}

type Asked = Omit<Request, 'context'> & { readonly context?: Request['context'] };
const arn = ({ region, account }: Deployed, service: string, rest: string) =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
const bodyOf = (call: RecordedCall): string => Buffer.from(call.body ?? '', 'base64').toString('utf8');
const operationOf = (call: RecordedCall): string => call.headers['x-amz-target']?.split('.').at(-1) ?? '';

/** A key used by the service that keeps something, for whoever asks for that. */
function withKey(stage: Deployed, service: string, stored: string, ...actions: string[]): Asked[] {
  const resource = stage.keyOf(stored);
  if (resource === undefined) return [];
  const context = { 'kms:ViaService': `${service}.${stage.region}.amazonaws.com` };
  return actions.map((action) => ({ action: `kms:${action}`, resource, context }));
}

const PARTS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};
const Part = z.looseObject({ TableName: z.string() });
const DynamoBody = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
  TransactItems: z
    .array(z.record(z.enum(['Put', 'Update', 'Delete', 'ConditionCheck', 'Get']), Part.optional()))
    .default([]),
});

function dynamodb(call: RecordedCall, stage: Deployed): Asked[] {
  const body = DynamoBody.parse(JSON.parse(bodyOf(call)));
  const on = (table: string, operation: string, index?: string): Asked[] => {
    const resource = table.startsWith('arn:') ? table : arn(stage, 'dynamodb', `table/${table}`);
    return [
      { action: `dynamodb:${operation}`, resource: index === undefined ? resource : `${resource}/index/${index}` },
      ...withKey(stage, 'dynamodb', resource, 'Decrypt'),
    ];
  };
  const parts = body.TransactItems.flatMap((item) =>
    Object.entries(item).flatMap(([kind, part]) => (part ? on(part.TableName, nameOf(kind)) : [])),
  );
  const batches = Object.keys(body.RequestItems).flatMap((table) => on(table, operationOf(call)));
  const single = body.TableName === undefined ? [] : on(body.TableName, operationOf(call), body.IndexName);
  return [...parts, ...batches, ...single];
}

const nameOf = (kind: string): string => Object.entries(PARTS).find(([name]) => name === kind)?.[1] ?? kind;

function s3(call: RecordedCall, stage: Deployed): Asked[] {
  const url = new URL(call.url, 'http://s3');
  const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
  const resource = `arn:aws:s3:::${bucket}`;
  if (key === '' && call.method === 'GET' && url.searchParams.has('list-type'))
    return [{ action: 's3:ListBucket', resource }];
  if (key === '' && call.method === 'POST' && url.searchParams.has('delete'))
    return [...bodyOf(call).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, one = '']) => ({
      action: 's3:DeleteObject',
      resource: `${resource}/${one}`,
    }));
  const object = `${resource}/${key}`;
  if (key !== '' && (call.method === 'GET' || call.method === 'HEAD'))
    return [
      { action: 's3:GetObject', resource: object },
      // Without it S3 says 403 for what is not there.
      ...(call.status === 404 ? [{ action: 's3:ListBucket', resource }] : withKey(stage, 's3', resource, 'Decrypt')),
    ];
  if (key !== '' && call.method === 'PUT')
    return [{ action: 's3:PutObject', resource: object }, ...withKey(stage, 's3', resource, 'GenerateDataKey')];
  if (key !== '' && call.method === 'DELETE') return [{ action: 's3:DeleteObject', resource: object }];
  throw new Error(`${call.method} ${call.url}: not known here: test/permissions/requests.ts`);
}

function lambda(call: RecordedCall, stage: Deployed): Asked[] {
  const [, name = ''] =
    /^\/[\d-]+\/functions\/([^/]+)\/(?:response-streaming-)?invocations(?:\?|$)/.exec(call.url) ?? [];
  if (name === '') return changesOfFunctions(call, stage);
  const whole = decodeURIComponent(name);
  return [
    {
      action: 'lambda:InvokeFunction',
      resource: whole.startsWith('arn:') ? whole : arn(stage, 'lambda', `function:${whole}`),
    },
  ];
}

/** Method and what follows the function's name; aliases have names of their own. */
const OF_FUNCTIONS: Readonly<Record<string, string>> = {
  POST: 'CreateFunction',
  DELETE: 'DeleteFunction',
  'GET configuration': 'GetFunctionConfiguration',
  'PUT configuration': 'UpdateFunctionConfiguration',
  'PUT code': 'UpdateFunctionCode',
  'POST versions': 'PublishVersion',
  'GET versions': 'ListVersionsByFunction',
  'POST aliases': 'CreateAlias',
  'GET aliases': 'GetAlias',
  'PUT aliases': 'UpdateAlias',
  'GET url': 'GetFunctionUrlConfig',
  'POST url': 'CreateFunctionUrlConfig',
};
const FunctionBody = z.looseObject({ FunctionName: z.string() });
const UrlBody = z.looseObject({ AuthType: z.string() });

function changesOfFunctions(call: RecordedCall, stage: Deployed): Asked[] {
  const [, name, part] = /^\/[\d-]+\/functions\/?([^/?]+)?(?:\/([a-z]+))?/.exec(call.url) ?? [];
  const action = OF_FUNCTIONS[[call.method, part].filter((one) => one !== undefined).join(' ')];
  if (action === undefined) throw new Error(`${call.method} ${call.url}: not known here: test/permissions/requests.ts`);
  const body = (): unknown => JSON.parse(bodyOf(call));
  const of = name === undefined ? FunctionBody.parse(body()).FunctionName : decodeURIComponent(name);
  const context =
    action === 'CreateFunctionUrlConfig' ? { 'lambda:FunctionUrlAuthType': UrlBody.parse(body()).AuthType } : {};
  return [{ action: `lambda:${action}`, resource: arn(stage, 'lambda', `function:${of}`), context }];
}

const KmsBody = z.looseObject({ KeyId: z.string().optional() });

/** A ciphertext names its key itself; where there is one key, it is that. */
function kms(call: RecordedCall, stage: Deployed): Asked[] {
  const { KeyId } = KmsBody.parse(JSON.parse(bodyOf(call)));
  const keys =
    KeyId === undefined ? stage.keys : stage.keys.filter((key) => key === KeyId || key.endsWith(`/${KeyId}`));
  const [resource] = keys;
  if (resource === undefined || keys.length > 1) throw new Error(`Which key ${operationOf(call)} uses cannot be told`);
  return [{ action: `kms:${operationOf(call)}`, resource }];
}

const SecretBody = z.looseObject({ SecretId: z.string() });
const LogBody = z.looseObject({ logGroupName: z.string(), logStreamName: z.string().default('') });
const MachineBody = z.looseObject({ stateMachineArn: z.string() });
const QueueBody = z.looseObject({ QueueUrl: z.string() });

const SERVICES: Readonly<Record<string, (call: RecordedCall, stage: Deployed) => Asked[]>> = {
  dynamodb,
  s3,
  lambda,
  kms,
  secretsmanager: (call, stage) => {
    const { SecretId } = SecretBody.parse(JSON.parse(bodyOf(call)));
    // By name too; an ARN is that with seven characters more, which only the service knows.
    const known = stage.secrets.find((one) => one.slice(0, -7).endsWith(`:secret:${SecretId}`));
    // One that somebody else made, for the stage to read.
    const named = SecretId.startsWith('arn:') ? SecretId : arn(stage, 'secretsmanager', `secret:${SecretId}-000000`);
    const resource = known ?? named;
    return [
      { action: `secretsmanager:${operationOf(call)}`, resource },
      ...withKey(stage, 'secretsmanager', resource, 'Decrypt'),
    ];
  },
  logs: (call, stage) => {
    const { logGroupName, logStreamName } = LogBody.parse(JSON.parse(bodyOf(call)));
    // Making a stream is asked of its group.
    const stream = operationOf(call) === 'CreateLogStream' ? '' : logStreamName;
    const resource = arn(stage, 'logs', `log-group:${logGroupName}:log-stream:${stream}`);
    return [{ action: `logs:${operationOf(call)}`, resource }];
  },
  // A token is of the whole registry.
  ecr: (call) => [{ action: `ecr:${operationOf(call)}`, resource: '*' }],
  // CloudWatch knows no resources for what is called here.
  monitoring: (call) => [{ action: `cloudwatch:${operationOf(call)}`, resource: '*' }],
  states: (call) => {
    const resource = MachineBody.parse(JSON.parse(bodyOf(call))).stateMachineArn;
    return [{ action: `states:${operationOf(call)}`, resource }];
  },
  sqs: (call, stage) => {
    const name =
      QueueBody.parse(JSON.parse(bodyOf(call)))
        .QueueUrl.split('/')
        .at(-1) ?? '';
    const resource = arn(stage, 'sqs', name);
    return [
      { action: `sqs:${operationOf(call)}`, resource },
      ...withKey(stage, 'sqs', resource, 'GenerateDataKey', 'Decrypt'),
    ];
  },
};
