import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../../lambdas/platform/http/errors';
import { WriteConflict, transact, retryOnConflict, type Write } from '../../../lambdas/platform/dynamo/transact';
import { createTable, testDynamo } from '../../support/aws';

const db = testDynamo();
let table: string;

beforeAll(async () => {
  table = await createTable(db);
});

const insert = (pk: string, refused: string): Write => ({
  item: { Put: { TableName: table, Item: { pk, sk: 'x' }, ConditionExpression: 'attribute_not_exists(pk)' } },
  refused: () => new Error(refused),
});
const exists = async (pk: string): Promise<boolean> =>
  (await db.send(new GetCommand({ TableName: table, Key: { pk, sk: 'x' } }))).Item !== undefined;

test('writes all or nothing, and says which condition did not hold', async () => {
  await transact(db, [insert('a', 'a is there'), insert('b', 'b is there')]);
  await expect(transact(db, [insert('c', 'c is there'), insert('b', 'b is there')])).rejects.toThrow('b is there');
  expect([await exists('a'), await exists('b'), await exists('c')]).toEqual([true, true, false]);
});

test('what the store does not understand is a mistake of ours', async () => {
  const nowhere: Write = {
    item: { Put: { TableName: 'no-such-table', Item: { pk: 'a', sk: 'x' } } },
    refused: () => new Error('refused'),
  };
  await expect(transact(db, [nowhere])).rejects.toBeInstanceOf(AppError);
});

test('many who count at the same time each count once', async () => {
  await db.send(new PutCommand({ TableName: table, Item: { pk: 'counter', sk: 'x', value: 0 } }));
  const add = async (): Promise<void> =>
    retryOnConflict(async () => {
      const { Item } = await db.send(
        new GetCommand({ TableName: table, Key: { pk: 'counter', sk: 'x' }, ConsistentRead: true }),
      );
      const value = Number(Item?.['value']);
      await transact(db, [
        {
          item: {
            Update: {
              TableName: table,
              Key: { pk: 'counter', sk: 'x' },
              UpdateExpression: 'SET #value = :next',
              ConditionExpression: '#value = :held',
              ExpressionAttributeNames: { '#value': 'value' },
              ExpressionAttributeValues: { ':next': value + 1, ':held': value },
            },
          },
          refused: () => new WriteConflict('counter'),
        },
      ]);
    });
  await Promise.all([add(), add(), add(), add()]);
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: { pk: 'counter', sk: 'x' } }));
  expect(Item?.['value']).toBe(4);
});

test('work that is always too late gives up with 503', async () => {
  let turns = 0;
  const work = retryOnConflict(() => {
    turns += 1;
    return Promise.reject(new WriteConflict('always'));
  });
  await expect(work).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(turns).toBeGreaterThan(1);
});
