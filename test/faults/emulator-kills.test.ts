import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clientConfig } from '../../local/aws';
import { startEmulator, type Emulator } from '../../local/emulator/ministack';
import { choosePort } from '../../local/process/ports';
import { Accepted, createTable } from './support/accepted';
import { seededTest } from './support/seeded-test';
import { COUNTS } from './support/settings';

const REPOSITORY = path.resolve(__dirname, '../..');
const TEST_LIMIT_MS = 30 * 60_000;

let folder: string;
let running: Emulator | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'narae-kills-'));
});

afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<Emulator> {
  running = await startEmulator({
    root: REPOSITORY,
    stateDir: path.join(folder, 'state'),
    logFile: path.join(folder, 'emulator.log'),
    port: await choosePort(undefined),
    // Often, so that kills meet snapshots, too.
    snapshotSeconds: 0.3,
  });
  return running;
}

async function kill(emulator: Emulator): Promise<void> {
  process.kill(emulator.program.pid, 'SIGKILL');
  await emulator.program.ended;
}

seededTest(
  `${COUNTS.emulatorKills.kills} kills of the emulator under load: what it answered is there`,
  TEST_LIMIT_MS,
  async (random) => {
    const accepted = new Accepted();
    let emulator = await start();
    await accepted.prepare(emulator.endpoint);
    for (let round = 0; round < COUNTS.emulatorKills.kills; round += 1) {
      const load = accepted.work(emulator.endpoint, random);
      await load.reached(random.whole(1, 150));
      await kill(emulator);
      await load.ended();
      emulator = await start();
      expect(await accepted.missing(emulator.endpoint)).toEqual([]);
    }
    expect(accepted.count).toBeGreaterThan(COUNTS.emulatorKills.kills);
  },
);

test('a record that was torn is left out, and those before it are kept', async () => {
  let emulator = await start();
  let client = new DynamoDBClient(clientConfig(emulator.endpoint));
  const TableName = 'torn-record';
  await createTable(client, TableName);
  for (const id of ['before', 'torn']) await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  await kill(emulator);
  const journal = path.join(folder, 'state', 'journal');
  const names = (await readdir(journal)).sort();
  const newest = path.join(journal, names.at(-1) ?? '');
  const text = await readFile(newest);
  expect(text.toString()).toContain('"torn"');
  await truncate(newest, text.length - 5);
  client.destroy();
  emulator = await start();
  client = new DynamoDBClient(clientConfig(emulator.endpoint));
  const found = async (id: string) =>
    (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.['id']?.S;
  expect([await found('before'), await found('torn')]).toEqual(['before', undefined]);
  client.destroy();
});
