import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { goldenOrders, goldenRuns } from './support';

/** After going back to release 0.1: it reads what today's release left in the table and in the queue. */

const OldOrder = z.fromJSONSchema(
  JSON.parse(
    readFileSync(path.resolve(__dirname, '../../golden/0.1/order-schema.json'), 'utf8'),
  ) as z.core.JSONSchema.JSONSchema,
);

const [order] = goldenOrders('next').runner;

test.each(
  goldenRuns('next')
    .items.filter(({ pk }) => pk.includes('#RUNS#'))
    .map((run) => [run.sk, run]),
)('release 0.1 reads the record %s', (_, run) => {
  expect(OldOrder.safeParse({ ...order, run }).error?.issues).toBeUndefined();
});

test.each(goldenOrders('next').runner.map((queued) => [queued.run.id, queued]))('and the order of %s', (_, queued) => {
  expect(OldOrder.safeParse(queued).error?.issues).toBeUndefined();
});

test('a record that lost a field is refused', () => {
  expect(OldOrder.safeParse({ ...order, run: { ...order?.run, lastSeq: undefined } }).success).toBe(false);
});
