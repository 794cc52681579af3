import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, PutCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchDelete, batchGet } from '../../../lambdas/platform/dynamo/batch';
import { queryAll, queryPages } from '../../../lambdas/platform/dynamo/query-pages';
import { createTable, testDynamo } from '../../support/aws';

const db = testDynamo();
const COUNT = 230;
const keys = Array.from({ length: COUNT }, (_, index) => ({ pk: 'p', sk: `s${String(index).padStart(3, '0')}` }));
let table: string;

beforeAll(async () => {
  table = await createTable(db);
  for (const key of keys) await db.send(new PutCommand({ TableName: table, Item: { ...key, filler: 'x' } }));
});

const all = () => ({
  TableName: table,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': 'p' },
  Limit: 40,
});

/** The store as it is when it is throttled: it answers for at most so many keys of a call. */
function stingy(perCall: number): { db: DynamoDBDocumentClient; calls: () => number } {
  let calls = 0;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  client.middlewareStack.add(
    () => async (args) => {
      calls += 1;
      const { Keys = [], ...rest } = (args.input as BatchGetCommandInput).RequestItems?.[table] ?? {};
      const [served, left] = [Keys.slice(0, perCall), Keys.slice(perCall)];
      const answer =
        served.length === 0
          ? { Responses: {} }
          : await db.send(new BatchGetCommand({ RequestItems: { [table]: { ...rest, Keys: served } } }));
      const output = { ...answer, UnprocessedKeys: left.length > 0 ? { [table]: { ...rest, Keys: left } } : {} };
      return { response: {}, output: { ...output, $metadata: {} } };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { db: client, calls: () => calls };
}

test('more keys than one call takes are all read; what is not there is left out', async () => {
  const found = await batchGet(db, table, [...keys, { pk: 'p', sk: 'nowhere' }]);
  expect(found.map(({ sk }) => sk).sort()).toEqual(keys.map(({ sk }) => sk));
});

test('keys that the store leaves out are asked for again, and none is lost', async () => {
  const busy = stingy(30);
  expect(await batchGet(busy.db, table, keys)).toHaveLength(COUNT);
  expect(busy.calls()).toBe(9);
});

test('a store that serves nothing is 503 after a bounded number of calls, not an empty answer', async () => {
  const busy = stingy(0);
  await expect(batchGet(busy.db, table, keys.slice(0, 1))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(busy.calls()).toBe(8);
});

test('a query gives every page, and reads no further than it is followed', async () => {
  expect((await queryAll(db, all())).map(({ sk }) => sk)).toEqual(keys.map(({ sk }) => sk));
  const sizes: number[] = [];
  for await (const page of queryPages(db, all())) {
    sizes.push(page.length);
    if (sizes.length === 2) break;
  }
  expect(sizes).toEqual([40, 40]);
});

test('more keys than one call takes are all deleted, once or twice', async () => {
  const doomed = keys.slice(0, 100);
  for (let turn = 0; turn < 2; turn += 1) await batchDelete(db, table, doomed);
  expect(await queryAll(db, all())).toHaveLength(COUNT - 100);
});
