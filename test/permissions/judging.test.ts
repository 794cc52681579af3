import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedCall } from '../../local/recording/recorded-call';
import { auditWrites } from './append-only';
import type { Deployed } from './deployed';
import { judgeForms } from './forms';
import { judge } from './judge';
import { decide, Statement, type Request } from './policy';

/** The judges themselves: they must not let pass what they are there to find. */

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/runs';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/1';
const allow = (Action: string, Resource: string, Condition = {}) =>
  Statement.parse({ Effect: 'Allow', Action, Resource, Condition });
const via = (service: string) => ({ StringEquals: { 'kms:ViaService': [`${service}.us-east-1.amazonaws.com`] } });
const request = (action: string, resource: string, context = {}): Request => ({ action, resource, context });

describe('policies', () => {
  const read = allow('s3:GetObject', 'arn:aws:s3:::blobs/code/*');

  test.each([
    ['the same', 's3:GetObject', 'arn:aws:s3:::blobs/code/a/b', 'allowed'],
    ['the action in other letters', 's3:getobject', 'arn:aws:s3:::blobs/code/a', 'allowed'],
    ['another action', 's3:PutObject', 'arn:aws:s3:::blobs/code/a', 'not allowed'],
    ['another prefix', 's3:GetObject', 'arn:aws:s3:::blobs/results/a', 'not allowed'],
    ['a longer name of the bucket', 's3:GetObject', 'arn:aws:s3:::blobs2/code/a', 'not allowed'],
    ['the resource in other letters', 's3:GetObject', 'arn:aws:s3:::blobs/CODE/a', 'not allowed'],
  ])('%s', (_, action, resource, decision) => {
    expect(decide([read], request(action, resource))).toBe(decision);
  });

  test('a key through one service is not a key through another, nor the key itself', () => {
    const statements = [allow('kms:Decrypt', KEY, via('s3'))];
    const through = (service: string) => ({ 'kms:ViaService': `${service}.us-east-1.amazonaws.com` });
    expect(decide(statements, request('kms:Decrypt', KEY, through('s3')))).toBe('allowed');
    expect(decide(statements, request('kms:Decrypt', KEY, through('sqs')))).toBe('not allowed');
    expect(decide(statements, request('kms:Decrypt', KEY))).toBe('not allowed');
  });

  test('what denies wins, also by what it leaves out', () => {
    const deny = Statement.parse({
      Effect: 'Deny',
      NotAction: 'logs:PutLogEvents',
      Resource: '*',
      Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    });
    const inFunction = { 'lambda:SourceFunctionArn': 'arn:aws:lambda:us-east-1:000000000000:function:sandbox' };
    const asked = (context: object) => request('s3:GetObject', 'arn:aws:s3:::blobs/code/a', context);
    expect(decide([read, deny], asked(inFunction))).toBe('denied');
    expect(decide([read, deny], asked({}))).toBe('allowed');
  });

  test('a condition that is not known here is not passed over', () => {
    const odd = allow('s3:GetObject', '*', { NumericLessThan: { 's3:max-keys': ['1'] } });
    expect(() => decide([odd], request('s3:GetObject', 'arn:aws:s3:::blobs/a'))).toThrow(/NumericLessThan/);
  });
});

const call = (target: string, body: object, more: Partial<RecordedCall> = {}): RecordedCall => ({
  caller: 'narae-local-runner',
  presigned: false,
  service: 'dynamodb',
  region: 'us-east-1',
  method: 'POST',
  url: '/',
  headers: { 'x-amz-target': target },
  body: Buffer.from(JSON.stringify(body)).toString('base64'),
  status: 200,
  ...more,
});

const getItem = (more = {}) => ({ TableName: 'runs', Key: { pk: { S: 'a' } }, ...more });

describe('calls', () => {
  const stage = (...statements: Statement[]): Deployed => ({
    account: '000000000000',
    region: 'us-east-1',
    roles: new Map([['narae-local-runner', { name: 'narae-local-runner', arn: 'arn:of:runner', statements }]]),
    secrets: [],
    keys: [KEY],
    keyPolicies: new Map(),
    keyOf: (arn) => (arn === TABLE ? KEY : undefined),
    label: (arn) => arn,
  });
  const get = call('DynamoDB_20120810.GetItem', getItem());

  test('need the key of a table too, through the service that keeps it', () => {
    const table = allow('dynamodb:GetItem', TABLE);
    expect(judge([get], stage(table, allow('kms:Decrypt', KEY, via('dynamodb')))).refused).toEqual([]);
    expect(judge([get], stage(table, allow('kms:Decrypt', KEY, via('s3')))).refused).toEqual([
      expect.stringMatching(/^narae-local-runner: kms:Decrypt on .* is not allowed; it takes .*dynamodb\.us-east-1/),
    ]);
    expect(judge([get], stage(allow('kms:Decrypt', KEY, via('dynamodb')))).refused).toHaveLength(1);
  });

  test('in a transaction need what its parts need', () => {
    const write = call('DynamoDB_20120810.TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 'runs', Item: {} } }, { ConditionCheck: { TableName: 'runs', Key: {} } }],
    });
    const { refused } = judge(
      [write],
      stage(allow('dynamodb:PutItem', TABLE), allow('kms:Decrypt', KEY, via('dynamodb'))),
    );
    expect(refused).toEqual([expect.stringMatching(/dynamodb:ConditionCheckItem on .* is not allowed/)]);
  });

  test('that nobody signed are found', () => {
    expect(judge([{ ...get, caller: '' }], stage()).refused).toEqual([expect.stringMatching(/signed by no function/)]);
  });

  test('use what is granted one action, resource and service at a time', () => {
    const statements = [
      allow('dynamodb:*', TABLE),
      allow('kms:Decrypt', KEY, {
        StringEquals: { 'kms:ViaService': ['dynamodb.us-east-1.amazonaws.com', 's3.us-east-1.amazonaws.com'] },
      }),
    ];
    expect([...judge([get], stage(...statements)).grants]).toEqual([
      [`runner: dynamodb:* on ${TABLE}`, true],
      [`runner: kms:Decrypt on ${KEY} through dynamodb`, true],
      [`runner: kms:Decrypt on ${KEY} through s3`, false],
    ]);
  });
});

describe('writes of the audit log', () => {
  const KEY = { pk: { S: 'ws-1#DECISION_AUDIT' }, sk: { S: 'E#000#01' } };
  const OF_RUN = { pk: { S: 'ws-1#DECISION#01ABC#AUDIT' }, sk: { S: 'E#000' } };
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const transaction = (item: object) => call('DynamoDB_20120810.TransactWriteItems', { TransactItems: [item] });
  const batch = (request: object) =>
    call('DynamoDB_20120810.BatchWriteItem', { RequestItems: { entities: [request] } });

  test('are new entries, and heads that move on', () => {
    const head = { pk: OF_RUN.pk, sk: { S: 'HEAD' } };
    const right = [
      transaction({ Put: { TableName: 'entities', Item: { ...KEY }, ...isNew } }),
      transaction({ Put: { TableName: 'entities', Item: { ...OF_RUN }, ...isNew } }),
      transaction({ Put: { TableName: 'entities', Item: head, ConditionExpression: '#next = :held' } }),
      transaction({ Delete: { TableName: 'entities', Key: { pk: { S: 'ws-1#DECISION#01ABC' }, sk: { S: 'RUN' } } } }),
      call('DynamoDB_20120810.GetItem', { TableName: 'entities', Key: KEY }),
    ];
    expect(auditWrites(right)).toEqual({ wrong: [], entries: 2 });
  });

  test.each([
    ['a change', call('DynamoDB_20120810.UpdateItem', { TableName: 'entities', Key: KEY })],
    ['a deletion', call('DynamoDB_20120810.DeleteItem', { TableName: 'entities', Key: OF_RUN })],
    ['one in a batch', batch({ DeleteRequest: { Key: KEY } })],
    ['a put in a batch, which has no condition', batch({ PutRequest: { Item: KEY } })],
    ['one in a transaction', transaction({ Delete: { TableName: 'entities', Key: KEY } })],
    ['a change in a transaction', transaction({ Update: { TableName: 'entities', Key: OF_RUN } })],
    ['a put over what is there', transaction({ Put: { TableName: 'entities', Item: KEY } })],
    ['a put by itself', call('DynamoDB_20120810.PutItem', { TableName: 'entities', Item: KEY })],
    ['a head that is taken away', transaction({ Delete: { Key: { pk: OF_RUN.pk, sk: { S: 'HEAD' } } } })],
  ])('%s is found', (_, one) => {
    expect(auditWrites([one])).toMatchObject({ wrong: [expect.stringMatching(/^narae-local-runner: /)], entries: 0 });
  });
});

describe('forms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'narae-forms-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const s3 = (method: string, url: string): RecordedCall => ({
    ...call('', {}),
    service: 's3',
    method,
    url,
    headers: {},
  });
  const bad: readonly (readonly [string, RecordedCall, RegExp])[] = [
    ['an operation that is none', call('DynamoDB_20120810.FetchItem', {}), /no operation DynamoDB_20120810.FetchItem/],
    ['a member that is none', call('DynamoDB_20120810.GetItem', getItem({ Tabel: 'x' })), /GetItem.Tabel is not known/],
    ['a member that is missing', call('DynamoDB_20120810.GetItem', { TableName: 'runs' }), /GetItem.Key is missing/],
    [
      'another type',
      call('DynamoDB_20120810.GetItem', getItem({ ConsistentRead: 'yes' })),
      /ConsistentRead is no boolean/,
    ],
    [
      'a value of no enumeration',
      call('DynamoDB_20120810.Query', { TableName: 'runs', Select: 'ALL' }),
      /Select is none of/,
    ],
    ['too few', call('DynamoDB_20120810.BatchGetItem', { RequestItems: {} }), /entries 0 is not in 1\.\./],
    [
      'what does not match its pattern',
      call('Logs_20140328.CreateLogStream', { logGroupName: 'g', logStreamName: 'a:b' }, { service: 'logs' }),
      /logStreamName does not match/,
    ],
    ['an address of no operation', s3('PATCH', '/blobs/code/a'), /no operation has this method and address/],
    ['a query that is not known', s3('GET', '/blobs/code/a?x-id=GetObject&colour=red'), /colour is not known/],
  ];

  test('that are right pass', () => {
    const file = join(folder, 'right.jsonl');
    const right = [call('DynamoDB_20120810.GetItem', getItem()), s3('GET', '/blobs/code/a%20b/c?x-id=GetObject')];
    writeFileSync(file, right.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(judgeForms([file])).toEqual({ checked: 2, findings: [] });
  });

  test('that are wrong are all found', () => {
    const file = join(folder, 'wrong.jsonl');
    writeFileSync(file, bad.map(([, one]) => `${JSON.stringify(one)}\n`).join(''));
    const { checked, findings } = judgeForms([file]);
    expect(checked).toBe(bad.length);
    const missed = bad.filter(([, , finding]) => !findings.some((one) => finding.test(one)));
    expect(missed.map(([what]) => what)).toEqual([]);
    expect(findings).toHaveLength(bad.length);
  });
});
