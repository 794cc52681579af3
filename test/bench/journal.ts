import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientConfig } from '../../local/aws';
import { startEmulator, type Emulator } from '../../local/emulator/ministack';
import { choosePort } from '../../local/process/ports';
import { createTable } from '../faults/support/accepted';
import { REPOSITORY } from '../support/system';
import { timed } from './client';
import { cells, FIGURES, measured, type Section } from './sections';
import { concurrently, figures, repeat, round } from './statistics';

const TableName = 'journal';
const Bucket = 'journal';
/** On and off by turns, so that what else the machine does meets both. */
const TURNS = 4;
const WRITES_PER_TURN = 100;
const WIDTH = 8;
/** Of the state that a killed emulator comes back with. */
const ITEM_BYTES = 20_000;
const ITEMS = [500, 2_500];

interface Bench {
  readonly emulator: Emulator;
  readonly write: Readonly<Record<string, (id: string) => Promise<unknown>>>;
  close(): void;
}

/** What the journal costs a write, and what it costs a start after a kill. Of the emulator alone, without the rest. */
export async function journal(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'narae-journal-'));
  try {
    const writes = await measured('writes with the journal and without', () => compareWrites(folder));
    const starts = await measured('starts after a kill', () => startsAfterKill(folder));
    return {
      title: 'What the journal of a laptop costs (the emulator alone)',
      tables: [
        { head: ['ms', ...FIGURES, 'times without'], rows: writes.map(({ row }) => row) },
        {
          head: ['MB of state', 'MB of journal to replay', 'start after a kill, s'],
          rows: starts.map((each) => Object.values(each).map(String)),
        },
      ],
      data: { writes: writes.map(({ data }) => data), starts },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compareWrites(folder: string) {
  const [on, off] = [await begin(join(folder, 'on'), true), await begin(join(folder, 'off'), false)];
  const samples = new Map<string, number[]>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [bench, kept] of [[on, 'on'] as const, [off, 'off'] as const]) {
      for (const [what, write] of Object.entries(bench.write)) {
        const key = (width: string) => `${what}, ${width}|${kept}`;
        const alone = await repeat(WRITES_PER_TURN, (n) => timed(() => write(`${turn}-${n}`)));
        const beside = await concurrently(WRITES_PER_TURN, WIDTH, (n) => timed(() => write(`${turn}-c${n}`)));
        samples.set(key('one at a time'), [...(samples.get(key('one at a time')) ?? []), ...alone]);
        samples.set(key(`${WIDTH} at a time`), [...(samples.get(key(`${WIDTH} at a time`)) ?? []), ...beside]);
      }
    }
  }
  for (const bench of [on, off]) {
    bench.close();
    await bench.emulator.stop();
  }
  const names = [...samples.keys()].filter((key) => key.endsWith('|on')).map((key) => key.slice(0, -'|on'.length));
  return names.map((what) => {
    const [with_, without] = [figures(samples.get(`${what}|on`) ?? []), figures(samples.get(`${what}|off`) ?? [])];
    const ratio = round(with_.p50 / without.p50);
    return { row: cells(what, with_, String(ratio)), data: { what, with: with_, without, ratio } };
  });
}

async function startsAfterKill(folder: string) {
  const found: { stateMb: number; journalMb: number; seconds: number }[] = [];
  const dir = join(folder, 'large');
  let bench = await begin(dir, true);
  let stored = 0;
  for (const items of ITEMS) {
    const db = new DynamoDBClient(clientConfig(bench.emulator.endpoint));
    const filler = 'x'.repeat(ITEM_BYTES);
    const from = stored;
    await concurrently(items - from, WIDTH, (n) =>
      db.send(new PutItemCommand({ TableName, Item: { id: { S: `${from + n}` }, filler: { S: filler } } })),
    );
    stored = items;
    db.destroy();
    bench.close();
    process.kill(bench.emulator.program.pid, 'SIGKILL');
    await bench.emulator.program.ended;
    const journalMb = await megabytesOf(join(dir, 'journal'));
    const startedAt = performance.now();
    const emulator = await start(dir, true);
    const seconds = round((performance.now() - startedAt) / 1000);
    found.push({ stateMb: round((stored * ITEM_BYTES) / 1e6), journalMb, seconds });
    bench = clientsOf(emulator);
  }
  bench.close();
  await bench.emulator.stop();
  return found;
}

const start = async (stateDir: string, kept: boolean): Promise<Emulator> =>
  startEmulator({
    root: REPOSITORY,
    stateDir,
    logFile: `${stateDir}.log`,
    port: await choosePort(undefined),
    snapshotSeconds: 10,
    journal: kept,
  });

async function begin(stateDir: string, kept: boolean): Promise<Bench> {
  const emulator = await start(stateDir, kept);
  const config = clientConfig(emulator.endpoint);
  const [db, s3] = [new DynamoDBClient(config), new S3Client(config)];
  await createTable(db, TableName);
  await s3.send(new CreateBucketCommand({ Bucket }));
  db.destroy();
  s3.destroy();
  return clientsOf(emulator);
}

function clientsOf(emulator: Emulator): Bench {
  const config = clientConfig(emulator.endpoint);
  const [db, s3] = [new DynamoDBClient(config), new S3Client(config)];
  const filler = { S: 'x'.repeat(1_000) };
  const put = (id: string) => ({ Put: { TableName, Item: { id: { S: id }, filler } } });
  return {
    emulator,
    write: {
      PutItem: (id) => db.send(new PutItemCommand(put(id).Put)),
      TransactWriteItems: (id) =>
        db.send(new TransactWriteItemsCommand({ TransactItems: [put(`${id}a`), put(`${id}b`)] })),
      PutObject: (Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: filler.S })),
    },
    close: () => {
      db.destroy();
      s3.destroy();
    },
  };
}

async function megabytesOf(dir: string): Promise<number> {
  const sizes = await Promise.all((await readdir(dir)).map(async (name) => (await stat(join(dir, name))).size));
  return round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}
