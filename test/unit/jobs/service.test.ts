import { CANCELLED, endRun } from '../../../lambdas/engine/lifecycle/end-run';
import { encodeEvent } from '../../../lambdas/engine/events/event';
import { executeJob } from '../../../lambdas/jobs/execute';
import { LIMITS } from '../../../lambdas/jobs/limits';
import { listJobs } from '../../../lambdas/jobs/list';
import { getFlatStatus, getJob } from '../../../lambdas/jobs/read';
import { RateLimit } from '../../../lambdas/platform/rate-limit';
import { publicOrigin } from '../../../lambdas/platform/http/public-origin';
import { newTestRun } from '../../support/runs';
import { openService, upload } from './support';

const DAY_MS = 86_400_000;
const pending = () => Promise.resolve({ kind: 'pending' } as const);

describe('a job', () => {
  test('whose run could not be queued says 503, has failed, and can run again', async () => {
    let full = true;
    const service = await openService(
      () => (full ? Promise.reject(new Error('throttled')) : Promise.resolve()),
      pending,
    );
    const { ports, context } = service;
    const params = { job_id: (await upload(service)).job_id };
    const execute = () => executeJob(ports)({ params, query: {}, body: undefined }, context);
    await expect(execute()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', headers: { 'Retry-After': '2' } });
    const failed = await getJob(ports)({ params, query: undefined, body: undefined }, context);
    expect(failed.body).toMatchObject({ status: 'FAILED', resource: null, data: { result: { run: 1 } } });
    full = false;
    expect((await execute()).body).toMatchObject({ status: 'RUNNING' });
  });

  test('is executed within the rate only, and read without one', async () => {
    const service = await openService(() => Promise.resolve(), pending);
    const { context } = service;
    const ports = { ...service.ports, rateLimit: new RateLimit(service.ports.clock, { perSecond: 1, burst: 1 }) };
    const params = { job_id: (await upload(service)).job_id };
    const execute = () => executeJob(ports)({ params, query: {}, body: undefined }, context);
    await execute();
    await expect(execute()).rejects.toMatchObject({ code: 'RATE_LIMITED', headers: { 'Retry-After': '1' } });
    for (let number = 0; number < 5; number += 1)
      await getFlatStatus(ports)({ params, query: undefined, body: undefined }, context);
  });

  test('whose worker was lost has failed once its deadline has passed, with its lines so far', async () => {
    const service = await openService(() => Promise.resolve(), pending);
    const { ports, context } = service;
    const params = { job_id: (await upload(service)).job_id };
    await executeJob(ports)({ params, query: {}, body: undefined }, context);
    const record = await ports.jobs.get('ws-test', params.job_id, ports.clock.now());
    const run = await ports.store.get('ws-test', record?.runId ?? '', ports.clock.now());
    if (!run) throw new Error('no run');
    await ports.store.append(run, [
      ['L', 1, 'o', 'out'],
      ['L', 1, 'e', 'err', 1],
    ]);
    ports.clock.advance(20 * 60_000);
    const { body } = await getJob(ports)({ params, query: undefined, body: undefined }, context);
    expect(body).toMatchObject({ status: 'FAILED', stdout: 'out\n', stderr: 'err\n' });
    expect(body.data.result).toMatchObject({ stdout_truncated: false, stderr_truncated: true, exit_code: null });
  });

  test('is kept for 30 days after its newest run, in its lists too', async () => {
    const service = await openService(() => Promise.resolve(), pending);
    const { ports, context } = service;
    const { job_id } = await upload(service);
    const params = { job_id };
    const listed = async () =>
      (await listJobs(ports)({ params: undefined, query: { limit: 10 }, body: undefined }, context)).body;
    ports.clock.advance(29 * DAY_MS);
    await executeJob(ports)({ params, query: {}, body: undefined }, context);
    ports.clock.advance(29 * DAY_MS);
    expect((await listed()).map((job) => job.job_id)).toEqual([job_id]);
    ports.clock.advance(3 * DAY_MS);
    expect(await listed()).toEqual([]);
    await expect(getJob(ports)({ params, query: undefined, body: undefined }, context)).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });
});

test('the list of a page full of long output ends early and says where to go on', async () => {
  const service = await openService(() => Promise.resolve(), pending);
  const { ports, context } = service;
  const description = '\u0001'.repeat(LIMITS.descriptionChars);
  const ids: string[] = [];
  for (let number = 0; number < 230; number += 1) ids.unshift((await upload(service, { description })).job_id);
  const list = (cursor?: string) =>
    listJobs(ports)({ params: undefined, query: { limit: 1000, cursor }, body: undefined }, context);
  const first = await list();
  expect(first.body.length).toBeLessThan(230);
  expect(Buffer.byteLength(JSON.stringify(JSON.stringify(first.body)))).toBeLessThan(6 * 1024 * 1024);
  const second = await list(first.headers?.['X-Next-Cursor']);
  expect([...first.body, ...second.body].map((job) => job.job_id)).toHaveLength(ids.length);
  expect(new Set([...first.body, ...second.body].map((job) => job.job_id))).toEqual(new Set(ids));
}, 120_000);

test('output of log lines is read over all chunks', async () => {
  const { ports } = await openService(() => Promise.resolve(), pending);
  const now = ports.clock.now();
  const run = newTestRun(now, { tail: [encodeEvent(['S', now, 'EXECUTING'])], status: 'EXECUTING' });
  await ports.store.create(run);
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index} ${'x'.repeat(200)}`);
  let current = run;
  for (const line of lines) current = await ports.store.append(current, [['L', now, 'o', line]]);
  const ended = await endRun(current, CANCELLED, ports);
  expect(await ports.output.read(ended)).toEqual({
    stdout: lines.map((line) => `${line}\n`).join(''),
    stderr: '',
    stdoutTruncated: false,
    stderrTruncated: false,
  });
});

describe('the public origin', () => {
  const seen = publicOrigin(undefined);
  test('is what the stage says, else what the edge says, else the host', () => {
    expect(publicOrigin('https://a.example/')({ host: 'b.example' })).toBe('https://a.example');
    expect(seen({ host: 'b:1', 'x-forwarded-host': 'c.example', 'x-forwarded-proto': 'https' })).toBe(
      'https://c.example',
    );
    expect(seen({ host: 'localhost:8787', 'x-forwarded-proto': 'http' })).toBe('http://localhost:8787');
    expect(seen({ host: 'b.example' })).toBe('https://b.example');
  });
  test('is never made of what is no host name', () => {
    expect(seen({ host: 'b.example', 'x-forwarded-host': 'evil.example/"><x' })).toBe('https://b.example');
  });
});
