import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { createTable } from '../../support/aws';

/** What releases stored and sent, as it was captured from running systems (test/golden/README.md). */

const FOLDER = path.resolve(__dirname, '../../golden');

export const RELEASES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const Item = z.looseObject({ pk: z.string(), sk: z.string() });
export type Item = z.output<typeof Item>;

const Runs = z.object({ named: z.record(z.string(), z.string()), items: z.array(Item) });
const Entities = z.object({
  named: z.object({
    ws: z.string(),
    fn: z.string(),
    out: z.string(),
    cb: z.number(),
    room: z.number(),
    job: z.string(),
    /** Its first run. */
    jobRun: z.string(),
  }),
  items: z.array(Item),
});
const Decisions = z.object({
  named: z.object({ conditional: z.string(), feedback: z.string(), pending: z.string() }),
  entities: z.array(Item),
  runs: z.array(Item),
});
const Order = z.looseObject({ run: z.looseObject({ id: z.string() }) });
const Orders = z.object({
  runner: z.array(Order),
  caller: z.array(Order),
  builder: z.array(z.looseObject({ order: z.looseObject({}) })),
});
const Sandboxed = z.array(
  z.object({
    name: z.string(),
    language: z.enum(['python', 'node']),
    event: z.looseObject({ runId: z.string(), entry: z.looseObject({ kind: z.string() }) }),
    frames: z.array(z.string()),
  }),
);

const read = (release: string, file: string): unknown =>
  JSON.parse(readFileSync(path.join(FOLDER, release, `${file}.json`), 'utf8'));

export const goldenRuns = (release: string) => Runs.parse(read(release, 'runs'));
export const goldenEntities = (release: string) => Entities.parse(read(release, 'entities'));
/** Of `next`: release 0.1 had none. */
export const goldenDecisions = () => Decisions.parse(read('next', 'decisions'));
export const goldenOrders = (release: string) => Orders.parse(read(release, 'orders'));
export const goldenSandbox = (release: string) => Sandboxed.parse(read(release, 'sandbox'));

/** The moment at which the last thing of a release was written, or a little later; epoch ms. */
export const timeOf = (release: string): number =>
  60_000 +
  Math.max(...goldenRuns(release).items.map(({ createdAt }) => (typeof createdAt === 'number' ? createdAt : 0)));

/** A table of its own that holds the items as they were stored. */
export async function tableWith(db: DynamoDBDocumentClient, items: readonly Item[]): Promise<string> {
  const TableName = await createTable(db);
  for (const stored of items) await db.send(new PutCommand({ TableName, Item: stored }));
  return TableName;
}

/** The named thing, which is there or the golden file is wrong. */
export function named(names: Readonly<Record<string, string>>, name: string): string {
  const id = names[name];
  if (id === undefined) throw new Error(`No ${name} in the golden files`);
  return id;
}
