import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clientConfig } from '../../local/aws';
import { startEmulator } from '../../local/emulator/ministack';
import { choosePort } from '../../local/process/ports';
import { REPOSITORY } from '../support/system';

const HOUR_MS = 3_600_000;
const logGroupName = 'kept-for-a-day';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'narae-logs-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async () =>
  startEmulator({
    root: REPOSITORY,
    stateDir: path.join(folder, 'state'),
    logFile: path.join(folder, 'emulator.log'),
    port: await choosePort(undefined),
    snapshotSeconds: 0,
  });

test('log events older than the retention of their group are not kept, and younger ones of the same stream are', async () => {
  const before = await start();
  let logs = new CloudWatchLogsClient(clientConfig(before.endpoint));
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const now = Date.now();
  for (const [logStreamName, ages] of Object.entries({ both: [30, 1], old: [30], empty: [] })) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = ages.map((hours) => ({ timestamp: now - hours * HOUR_MS, message: `${hours} h` }));
    if (logEvents.length > 0) await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }
  // Afterwards: an event that is too old already is refused.
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  logs.destroy();
  expect(await before.stop()).toBe(true);

  const after = await start();
  logs = new CloudWatchLogsClient(clientConfig(after.endpoint));
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  expect(logStreams.map(({ logStreamName }) => logStreamName).sort()).toEqual(['both', 'empty']);
  const both = new GetLogEventsCommand({ logGroupName, logStreamName: 'both', startFromHead: true });
  const { events = [] } = await logs.send(both);
  expect(events.map(({ message }) => message)).toEqual(['1 h']);
  logs.destroy();
  await after.stop();
});
