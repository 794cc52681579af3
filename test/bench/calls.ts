import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { runKey } from '../../lambdas/engine/run/run-keys';
import { clientConfig } from '../../local/aws';
import { startFaultSystem, type FaultSystem } from '../faults/support/fault-system';
import { waitFor } from '../support/wait';
import { CallLog, type AwsCall } from './call-log';
import { call, follow, startRun } from './client';
import { decide } from './decision-client';
import { reportsIn } from './local-stack';
import { itemBytes } from './item-size';
import { ACCESS_LOG_BYTES, PRICES } from './prices';
import { measured, type Section } from './sections';
import { hello, linesOverTime } from './snippets';
import { repeat, round } from './statistics';

/** Their calls are the same each time. */
const RUNS = 20;
const MILLION = 1e6;
const WORKSPACE = 'ws-default';

interface Counted {
  readonly what: string;
  /** USD per million, by part of the bill. */
  readonly requests: number;
  readonly calls: number;
  readonly compute: number;
  readonly logs: number;
  readonly total: number;
  readonly byCall: readonly (readonly [by: string, what: string, perRun: number, usdPerMillion: number])[];
}

/**
 * What runs cost: AWS calls counted as they pass a proxy, durations from the functions' own reports, bytes of their
 * logs; all at list prices. Durations are this machine's.
 */
export async function calls(): Promise<Section> {
  const log = new CallLog();
  const system = await measured('a system whose calls are counted', () =>
    startFaultSystem(
      (message) => void process.stderr.write(`  ${message}\n`),
      (exchange) => log.see(exchange),
    ),
  );
  const store = new DynamoDBClient(clientConfig(system.awsEndpoint));
  log.sizeBy(async (TableName, Key) => {
    const { Item: item } = await store.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return itemBytes(item ?? {});
  });
  try {
    const counted: Counted[] = [];
    for (const [what, requests, work] of workloads(system)) {
      counted.push(await measured(`counting: ${what}`, () => count(system, log, what, requests, work)));
    }
    return sectionOf(counted);
  } finally {
    store.destroy();
    await system.stop();
  }
}

type Workload = readonly [what: string, requestsPerRun: number, work: () => Promise<unknown>];

function workloads({ url, awsEndpoint, outputs }: FaultSystem): Workload[] {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(awsEndpoint)));
  const table = outputs['narae-local-data']?.['RunsTableName'] ?? '';
  // Past the proxy: waiting is not counted.
  const ended = (id: string) =>
    waitFor(`run ${id} to end`, async () => {
      const { Item: item } = await db.send(new GetCommand({ TableName: table, Key: runKey(WORKSPACE, id) }));
      return item?.['finishedAt'] === undefined ? undefined : true;
    });
  const run = async (request: object) => ended((await startRun(url, request)).id);
  const watched = async (request: object) => follow(url, (await startRun(url, request)).streamUrl);
  const functionId = once(async () => {
    const code = Buffer.from('def handler(event):\n    print("hello")\n    return event["body"]\n').toString('base64');
    const made = await call(url, 'POST', '/api/workspaces/ws-default/functions', { name: 'counted', code });
    return z.object({ id: z.string() }).parse(made).id;
  });
  const jobId = once(async () => {
    const made = await call(url, 'POST', '/api/upload', { language: 'python', code: 'print("hello")' });
    return z.object({ job_id: z.string() }).parse(made).job_id;
  });
  return [
    ['hello-world run, python, nobody watching', 1, () => run(hello('python'))],
    ['hello-world run, node, nobody watching', 1, () => run(hello('node'))],
    ['hello-world run, python, one viewer', 2, () => watched(hello('python'))],
    ['10 lines within a second, nobody watching', 1, () => run(linesOverTime(10))],
    ['100 lines within a second, nobody watching', 1, () => run(linesOverTime(100))],
    ['1000 lines within a second, nobody watching', 1, () => run(linesOverTime(1000))],
    ['function invoke, python', 1, async () => invoke(url, await functionId())],
    ['job executed again, python', 1, async () => call(url, 'POST', `/api/execute/${await jobId()}`, {})],
    ['decision by rules, one viewer', 2, () => decide(url)],
  ];
}

const invoke = (url: string, id: string) =>
  call(url, 'POST', `/api/workspaces/ws-default/functions/${id}/invoke`, { name: 'bench' });

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= work());
}

async function count(
  { stateDir }: FaultSystem,
  log: CallLog,
  what: string,
  requestsPerRun: number,
  work: () => Promise<unknown>,
): Promise<Counted> {
  const logs = join(stateDir, 'logs');
  await repeat(3, work);
  const before = await usageIn(logs);
  await log.pausedDuring(() => repeat(RUNS, work));
  const after = await usageIn(logs);
  await log.take();
  await repeat(RUNS, work);
  // The reaper's tick has its own price, a month (docs/cost.md).
  const made = (await log.take()).filter(({ by }) => by !== 'reaper');
  const perMillion = (usd: number): number => round((usd / RUNS) * MILLION);
  const edge = PRICES.httpApi + PRICES.cloudFront + PRICES.edgeFunction + PRICES.waf;
  const parts = {
    requests: round(edge * requestsPerRun * MILLION),
    calls: perMillion(made.reduce((sum, { usd }) => sum + usd, 0)),
    // Who is invoked by the gateway or as a stream is invoked by no call of ours.
    compute:
      perMillion((after.gbSeconds - before.gbSeconds) * PRICES.lambdaGbSecond) +
      round(requestsPerRun * PRICES.lambdaRequest * MILLION),
    logs:
      perMillion((after.logBytes - before.logBytes) * PRICES.logByte) +
      round(requestsPerRun * ACCESS_LOG_BYTES * PRICES.logByte * MILLION),
  };
  return {
    what,
    ...parts,
    total: round(Object.values(parts).reduce((sum, usd) => sum + usd, 0)),
    byCall: byCallOf(made).map(([by, name, times, usd]) => [by, name, round(times / RUNS), perMillion(usd)]),
  };
}

function byCallOf(made: readonly AwsCall[]): [by: string, what: string, times: number, usd: number][] {
  const rows = new Map<string, [string, string, number, number]>();
  for (const { by, what, usd } of made) {
    const row = rows.get(`${by} ${what}`) ?? [by, what, 0, 0];
    rows.set(`${by} ${what}`, [by, what, row[2] + 1, row[3] + usd]);
  }
  return [...rows.values()].sort((a, b) => b[3] - a[3]);
}

/** What the functions' logs say was used so far; Lambda's own lines of a good invoke are not kept on AWS. */
async function usageIn(logs: string): Promise<{ gbSeconds: number; logBytes: number }> {
  let [gbSeconds, logBytes] = [0, 0];
  for (const { name, file, lines } of await reportsIn(logs)) {
    if (name === 'reaper') continue;
    for (const { billedMs, sizeMb } of lines) gbSeconds += (billedMs / 1000) * (sizeMb / 1024);
    const text = await readFile(file, 'utf8');
    for (const line of text.split('\n')) if (!/^(START|END|REPORT) RequestId|^$/.test(line)) logBytes += line.length;
  }
  return { gbSeconds, logBytes };
}

const sectionOf = (counted: readonly Counted[]): Section => ({
  title: 'What it costs (list prices of us-east-1, USD per million)',
  notes: [
    'Calls are counted as they pass a proxy between the functions and AWS; durations are this machine’s, where all ' +
      'functions share its cores. Requests: HTTP API, CloudFront with its function, firewall.',
  ],
  tables: [
    {
      head: ['', 'requests', 'AWS calls', 'computing', 'logs', 'all'],
      rows: counted.map(({ what, requests, calls: made, compute, logs, total }) =>
        [what, requests, made, round(compute), round(logs), total].map(String),
      ),
    },
    ...counted
      .filter((_, index) => index === 0 || index >= 6)
      .map(({ what, byCall }) => ({
        head: [`calls: ${what}`, 'made by', 'a run', 'USD'],
        rows: byCall.map(([by, name, perRun, usd]) => [name, by, String(perRun), String(usd)]),
      })),
  ],
  data: counted,
});
