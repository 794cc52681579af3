import { randomUUID } from 'node:crypto';
import { RestoreTableToPointInTimeCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { restoreItems } from '../../../bin/restore/items';
import { restoreObjects } from '../../../bin/restore/objects';
import { SourceStore } from '../../../lambdas/engine/store/source-store';
import { waitFor } from '../../support/wait';
import { createTable, testDynamo, testS3 } from '../../support/aws';

/**
 * The restore drill of docs/runbook.md, on the emulator. What it cannot prove: that point-in-time recovery gives a past
 * state (the emulator's gives the present one, so here it is asked before the loss), and how long it takes.
 */

const s3 = testS3();
const db = testDynamo();
afterAll(() => {
  s3.destroy();
  db.destroy();
});

async function versionedBucket(): Promise<string> {
  const Bucket = `test-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  return Bucket;
}

/** S3 tells the times of versions in seconds: what follows has to be in a later one. */
async function moment(): Promise<Date> {
  const at = new Date();
  await waitFor('the next second', () => (Date.now() >= at.getTime() + 1_001 ? true : undefined), {
    deadlineMs: 5_000,
  });
  return at;
}

describe('objects', () => {
  test('source code that was deleted is there again, and the store serves it', async () => {
    const bucket = await versionedBucket();
    const store = new SourceStore(s3, bucket);
    const kept = await store.put('ws-a', 'fn-kept', 'print(1)');
    const lost = await store.put('ws-a', 'fn-lost', 'print(2)');
    const at = await moment();
    await store.deleteAll('ws-a', 'fn-lost');
    await expect(new SourceStore(s3, bucket).get('ws-a', 'fn-lost', lost)).rejects.toThrow();

    const lines: string[] = [];
    const wanted = { bucket, prefix: 'sources/', at, say: (line: string) => lines.push(line) };
    expect(await restoreObjects(s3, { ...wanted, dryRun: true })).toEqual({ restored: 1, intact: 1, failed: 0 });
    await expect(new SourceStore(s3, bucket).get('ws-a', 'fn-lost', lost)).rejects.toThrow();
    expect(await restoreObjects(s3, { ...wanted, dryRun: false })).toEqual({ restored: 1, intact: 1, failed: 0 });
    expect(lines.join('\n')).toContain(`restored sources/ws-a/fn-lost/${lost}`);
    expect((await new SourceStore(s3, bucket).get('ws-a', 'fn-lost', lost)).toString()).toBe('print(2)');
    expect((await new SourceStore(s3, bucket).get('ws-a', 'fn-kept', kept)).toString()).toBe('print(1)');
  });

  test('what was overwritten is as it was; what came later and what is elsewhere is left alone', async () => {
    const bucket = await versionedBucket();
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await put('sources/a b/+x', 'first');
    await put('code/x', 'first');
    const at = await moment();
    await put('sources/a b/+x', 'second');
    await put('sources/later', 'new');
    await put('code/x', 'second');
    const restored = await restoreObjects(s3, { bucket, prefix: 'sources/', at, dryRun: false, say: () => undefined });
    expect(restored).toEqual({ restored: 1, intact: 0, failed: 0 });
    const read = async (Key: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
    expect([await read('sources/a b/+x'), await read('sources/later'), await read('code/x')]).toEqual([
      'first',
      'new',
      'second',
    ]);
  });

  test('a bucket without versions is said to be one', async () => {
    const Bucket = `test-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const wanted = { bucket: Bucket, prefix: '', at: new Date(), dryRun: false, say: () => undefined };
    await expect(restoreObjects(s3, wanted)).rejects.toThrow(/keeps no versions/);
  });
});

describe('items', () => {
  const put = (TableName: string, sk: string, more = {}) =>
    db.send(new PutCommand({ TableName, Item: { pk: 'WS#a', sk, ...more } }));
  const get = async (TableName: string, sk: string) =>
    (await db.send(new GetCommand({ TableName, Key: { pk: 'WS#a', sk } }))).Item;

  test('what was deleted comes back; what was changed since, and what has expired, does not', async () => {
    const into = await createTable(db);
    const now = Date.now();
    await put(into, 'lost', { name: 'old' });
    await put(into, 'changed', { name: 'old' });
    await put(into, 'expired', { expiresAt: Math.floor(now / 1000) - 60 });
    const from = `${into}-restored`;
    await db.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: into,
        TargetTableName: from,
        UseLatestRestorableTime: true,
      }),
    );
    for (const sk of ['lost', 'expired'])
      await db.send(new DeleteCommand({ TableName: into, Key: { pk: 'WS#a', sk } }));
    await put(into, 'changed', { name: 'new' });

    const wanted = { from, into, prefix: 'WS#', now, say: () => undefined };
    const expected = { restored: 1, kept: 1, expired: 1 };
    expect(await restoreItems(db, { ...wanted, dryRun: true })).toEqual(expected);
    expect(await get(into, 'lost')).toBeUndefined();
    expect(await restoreItems(db, { ...wanted, dryRun: false })).toEqual(expected);
    expect(await get(into, 'lost')).toMatchObject({ name: 'old' });
    expect(await get(into, 'changed')).toMatchObject({ name: 'new' });
    expect(await get(into, 'expired')).toBeUndefined();
    expect(await restoreItems(db, { ...wanted, dryRun: false })).toEqual({ restored: 0, kept: 2, expired: 1 });
  });

  test('only what begins with the prefix', async () => {
    const [from, into] = [await createTable(db), await createTable(db)];
    await put(from, 'one');
    const wanted = { from, into, prefix: 'WS#b', dryRun: false, now: Date.now(), say: () => undefined };
    expect(await restoreItems(db, wanted)).toEqual({ restored: 0, kept: 0, expired: 0 });
  });
});
