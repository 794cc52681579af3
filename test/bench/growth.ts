import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { runKey } from '../../lambdas/engine/run/run-keys';
import { randomIds } from '../../lambdas/platform/ids';
import { clientConfig } from '../../local/aws';
import type { Bed } from './bed';
import { call, runAndFollow, timed } from './client';
import { cells, FIGURES, measured, type Section } from './sections';
import { hello } from './snippets';
import { concurrently, figures, repeat, type Figures } from './statistics';

const STEPS = [10, 1_000, 10_000, 100_000];
const RUNS = 40;
const PAGES = 20;
const WORKSPACE = 'ws-default';
/** Most that one call writes. */
const BATCH = 25;

/** What a run takes while the number of stored runs grows, beside what the emulator takes at that moment. */
export async function growth({ url, awsEndpoint, runsTable }: Bed): Promise<Section> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(awsEndpoint)));
  const { events } = await runAndFollow(url, hello('python'));
  const model = await itemOf(db, runsTable, String(events[0]?.data.invocationId));
  const found: { stored: number; own: Figures[]; emulator: Figures[] }[] = [];
  let stored = 0;
  for (const step of STEPS) {
    await measured(`storing ${step} runs`, () => store(db, runsTable, model, step - stored));
    stored = step;
    const id = String(model['id']);
    const figuresOf = async (times: number, work: () => Promise<unknown>) =>
      figures(await repeat(times, () => timed(work)));
    found.push(
      await measured(`runs beside ${step} stored ones`, async () => ({
        stored,
        own: [
          await figuresOf(RUNS, () => runAndFollow(url, hello('python'))),
          await figuresOf(PAGES, () => call(url, 'GET', '/invocations?limit=50')),
        ],
        emulator: [
          await figuresOf(PAGES, () => itemOf(db, runsTable, id)),
          await figuresOf(PAGES, () => db.send(new PutCommand({ TableName: runsTable, Item: model }))),
          await figuresOf(PAGES, () => newest(db, runsTable, id)),
        ],
      })),
    );
  }
  db.destroy();
  return {
    title: 'A warm python run while the number of stored runs of its workspace grows',
    tables: [
      {
        head: ['stored runs', 'what', ...FIGURES],
        rows: found.flatMap(({ stored: count, own, emulator }) =>
          [...own, ...emulator].map((measure, index) => [String(count), ...cells(WHAT[index] ?? '', measure)]),
        ),
      },
    ],
    data: found,
  };
}

const WHAT = [
  'POST to COMPLETE',
  'GET /invocations, 50 runs',
  'emulator alone: one read',
  'emulator alone: one write',
  'emulator alone: query of the newest 50',
];

type Item = Record<string, unknown>;

async function itemOf(db: DynamoDBDocumentClient, table: string, id: string): Promise<Item> {
  const { Item: item } = await db.send(new GetCommand({ TableName: table, Key: runKey(WORKSPACE, id) }));
  if (!item) throw new Error(`there is no run ${id}`);
  return item;
}

const newest = (db: DynamoDBDocumentClient, table: string, id: string) =>
  db.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': runKey(WORKSPACE, id).pk },
      ScanIndexForward: false,
      Limit: 50,
    }),
  );

/** Copies of a run that has ended, with ids of the minutes before. */
async function store(db: DynamoDBDocumentClient, table: string, model: Item, count: number): Promise<void> {
  const createdAt = Number(model['createdAt']);
  await concurrently(Math.ceil(count / BATCH), 8, async (turn) => {
    const items = Array.from({ length: Math.min(BATCH, count - turn * BATCH) }, (_, index) => {
      const id = randomIds.next('inv', createdAt - turn * BATCH - index);
      return { ...model, ...runKey(WORKSPACE, id), id };
    });
    let requests = items.map((Item) => ({ PutRequest: { Item } }));
    for (let attempt = 1; requests.length > 0; attempt += 1) {
      if (attempt > 10) throw new Error('the emulator does not take the runs');
      const answer = await db.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      requests = (answer.UnprocessedItems?.[table] ?? []) as typeof requests;
    }
  });
}
