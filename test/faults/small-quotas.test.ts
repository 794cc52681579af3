import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { clientConfig } from '../../local/aws';
import { get, post, read, type Answer } from '../support/api';
import { deployed, freshPath } from '../support/callbacks';
import { finished } from '../support/invocations';
import { Accepted } from '../support/shapes';
import { startSystem, type System } from '../support/system';
import { waitFor } from '../support/wait';

/** A call that waits for its run takes three of them: of its service, of the runner, of a sandbox. */
const ACCOUNT_CONCURRENCY = '6';
const CROWD = 30;
const START_LIMIT_MS = 320_000;

let system: System;
const Facts = z.object({ awsEndpoint: z.string(), lambdaEndpoint: z.string() });
let facts: z.output<typeof Facts>;

beforeAll(async () => {
  system = await startSystem('quotas', [], { NARAE_LAMBDA_ACCOUNT_CONCURRENCY: ACCOUNT_CONCURRENCY });
  process.env['NARAE_TEST_URL'] = system.url;
  facts = Facts.parse(JSON.parse(await readFile(path.join(system.stateDir, 'system.json'), 'utf8')));
}, START_LIMIT_MS);

afterAll(() => system.stop(), 60_000);

const crowd = (call: () => Promise<Answer>): Promise<Answer[]> => Promise.all(Array.from({ length: CROWD }, call));

/** Those that were not answered; each is told when to come again. */
function refusedOf(answers: readonly Answer[], success: number): Answer[] {
  const refused = answers.filter(({ status }) => status !== success);
  for (const { status, headers, text } of refused) {
    expect({ status, text, known: [429, 503].includes(status) }).toEqual({ status, text, known: true });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  return refused;
}

/** Refused calls of a function that were counted. */
async function throttlesOf(client: CloudWatchClient, FunctionName: string): Promise<number> {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 7_200,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
}

test('a crowd of calls is answered, or told to come again', async () => {
  const code = 'import time\ndef lambda_handler(event, context):\n    time.sleep(0.5)\n    return "woken"\n';
  // What wakes up by itself takes places, too, and there are six.
  const { path: name } = await waitFor('room to deploy a callback', () =>
    deployed({ path: freshPath('quota'), method: 'POST', code }),
  );

  const answers = await crowd(() => post(`/api/${name}`, {}));

  expect(refusedOf(answers, 200).length).toBeGreaterThan(0);
  expect((await post(`/api/${name}`, {})).status).toBe(200);
}, 180_000);

test('calls of a function are counted once for each that ran', async () => {
  const code = Buffer.from('def handler(event):\n    return {"ok": True}\n').toString('base64');
  const made = await post('/api/workspaces/ws-default/functions', { name: freshPath('fn'), code });
  const { id } = read(made, 201, z.looseObject({ id: z.string() }));
  const place = `/api/workspaces/ws-default/functions/${id}`;

  const answers = await crowd(() => post(`${place}/invoke`, {}));

  const refused = refusedOf(answers, 200);
  expect(refused.length).toBeGreaterThan(0);
  const Counts = z.looseObject({ invocations24h: z.int(), errors24h: z.int() });
  const { invocations24h, errors24h } = read(await get(place), 200, Counts);
  expect(invocations24h - errors24h).toBe(CROWD - refused.length);
}, 180_000);

test('what was accepted is run when there is room again', async () => {
  const request = { runtime: 'python3.13', code: 'def handler(event):\n    return 7\n' };

  const answers = await crowd(() => post('/invocations', request));

  refusedOf(answers, 202);
  const accepted = answers.filter(({ status }) => status === 202).map((answer) => read(answer, 202, Accepted));
  expect(accepted.length).toBeGreaterThan(0);
  for (const { invocationId } of accepted) {
    const done = await waitFor('the run', () => finished(invocationId), { deadlineMs: 180_000 });
    expect(done).toMatchObject({ status: 'COMPLETED', result: { body: '7' } });
  }
}, 300_000);

test('each refusal is counted, no more and no fewer', async () => {
  // Nobody else calls it meanwhile.
  const FunctionName = 'narae-local-site';
  const metrics = new CloudWatchClient(clientConfig(facts.awsEndpoint));
  const lambda = new LambdaClient({ ...clientConfig(facts.lambdaEndpoint), maxAttempts: 1 });
  const before = await throttlesOf(metrics, FunctionName);

  // A crowd that comes one by one, on a machine that is slow to send it, finds room.
  const refused: unknown[] = [];
  for (let crowds = 0; crowds < 20 && refused.length === 0; crowds += 1) {
    const outcomes = await Promise.allSettled(
      Array.from({ length: CROWD }, () => lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }))),
    );
    refused.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])));
  }

  expect(refused.length).toBeGreaterThan(0);
  for (const reason of refused) expect(reason).toMatchObject({ Reason: 'ConcurrentInvocationLimitExceeded' });
  await waitFor('the count', async () =>
    (await throttlesOf(metrics, FunctionName)) === before + refused.length ? true : undefined,
  );
  for (const client of [metrics, lambda]) client.destroy();
}, 60_000);
