import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import type { StoredEvent } from '../../../lambdas/engine/events/event';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { RunWriter } from '../../../lambdas/engine/store/run-writer';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestRun } from '../../support/runs';
import { pause } from '../../support/wait';

const db = testDynamo();
const clock = testClock();

/** A connection whose writes take longer than lines wait for each other. */
function slowConnection(delayMs: number, onBegun: () => void): DynamoDBDocumentClient {
  const send = async (...args: unknown[]): Promise<unknown> => {
    onBegun();
    await pause(delayMs);
    return (db.send.bind(db) as (...all: unknown[]) => Promise<unknown>)(...args);
  };
  return new Proxy(db, { get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)) });
}

test('loses no line of much output when the run ends while writes are slow', async () => {
  const table = await createTable(db);
  const s3 = testS3();
  const blobs = new Blobs(s3, await createBucket(s3), clock);
  const store = new RunStore(db, table);
  const firstWrite = Promise.withResolvers<unknown>();
  const slow = new RunStore(
    slowConnection(40, () => firstWrite.resolve(undefined)),
    table,
  );
  const run = newTestRun(clock.now());
  await store.create(run);
  const writer = new RunWriter(slow, run, () => undefined);
  const lines = Array.from({ length: 100 }, (_, number) => `${number} ${'x'.repeat(8000)}`);
  writer.add(lines.map((line): StoredEvent => ['L', clock.now(), 'o', line]));
  // The first write is under way, and most lines still wait, when the end comes.
  await firstWrite.promise;
  await writer.finish([['C', clock.now()]], { status: 'COMPLETED', resultJson: '{"statusCode":200,"body":""}' });
  const stored = await store.get(run.workspace, run.id, clock.now());
  const events = stored ? await eventsAfter(stored, 0, 1_000, { store, blobs }) : [];
  expect(events.flatMap(({ event, data }) => (event === 'LOG' ? [data['line']] : []))).toEqual(lines);
});
