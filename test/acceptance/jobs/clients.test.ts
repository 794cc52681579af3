import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, send } from '../../support/api';
import { waitFor } from '../../support/wait';
import {
  execute,
  executeAtOnce,
  finished,
  Flat,
  isOver,
  Job,
  Jobs,
  log,
  Project,
  refused,
  resultOf,
  upload,
} from './api';

const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });

/**
 * See docs/contracts/jobs.md#what-existing-clients-rely-on: what the React console does, in its order; any status
 * outside 2xx opens an alert.
 */
test('the React console gets through a job', async () => {
  const name = `console ${randomUUID()}`;
  const { project_id } = read(
    await send('POST', `/api/project?project_name=${name.replace(' ', '%20')}`),
    200,
    Project,
  );
  const projects = read(await get('/api/projects'), 200, z.array(Project));
  expect(projects.find((project) => project.project_id === project_id)?.project).toBe(name);

  const typed = 'print("one line")\r\n';
  const uploaded = read(
    await post('/api/upload', {
      project: String(project_id),
      code: typed.replace(/[\r\n]/g, ''),
      language: 'python',
      function_name: 'main',
      description: '',
    }),
    200,
    Job,
  );
  expect(uploaded.project).toBe(name);
  expect((await send('POST', `/api/execute/${uploaded.job_id}`)).status).toBe(200);
  const last = await waitFor(
    'a terminal status',
    async () => {
      const polled = read(await get(`/api/jobs/${uploaded.job_id}/status`), 200, Flat);
      return isOver(polled) ? polled : undefined;
    },
    { everyMs: 200 },
  );
  expect(last).toMatchObject({ status: 'SUCCESS', log_key: `logs/${uploaded.job_id}/1.json` });
  expect(await log(last.log_key ?? '')).toEqual({ stdout: 'one line\n', stderr: '' });

  const [listed] = read(await get(`/api/projects/${project_id}/jobs`), 200, Jobs);
  expect(listed?.data.language.toUpperCase()).toBe('PYTHON');
  expect(typeof listed?.data.result?.resource?.cpu_percent).toBe('number');
  expect(new Date(listed?.data.created_at ?? '').getTime()).toBeGreaterThan(Date.now() - 600_000);
});

test.each(['', 'application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
  'an empty body with the content type %p is no body',
  async (type) => {
    const { job_id } = await upload({ code: 'import time\ntime.sleep(2)' });
    const headers = type === '' ? {} : { 'Content-Type': type };
    expect(read(await send('POST', `/api/execute/${job_id}`, { raw: '', headers }), 200, Job).status).toBe('RUNNING');
    await finished(job_id);
  },
);

describe('Idempotency-Key', () => {
  test('on upload stores one job', async () => {
    const key = randomUUID();
    const body = { code: 'print(1)', language: 'python' };
    const first = await post('/api/upload', body, withKey(key));
    const again = await post('/api/upload', body, withKey(key));
    expect(read(again, 200, Job)).toEqual(read(first, 200, Job));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    refused(await post('/api/upload', { ...body, code: 'print(2)' }, withKey(key)), 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('on execute is used with one query only', async () => {
    const { job_id: id } = await upload({ code: 'print(input())' });
    const key = randomUUID();
    const run = (query: string) => post(`/api/execute/${id}?wait=true&input_data=${query}`, undefined, withKey(key));
    expect(read(await run('a'), 200, Job).stdout).toBe('a\n');
    refused(await run('b'), 409, 'IDEMPOTENCY_KEY_REUSED');
    expect((await run('a')).headers.get('idempotency-replayed')).toBe('true');
  });

  test('on execute starts one run, per job, also with an answer of a megabyte', async () => {
    const code = 'import sys\nfor s in (sys.stdout, sys.stderr): s.write("ab" * 131072)';
    const [one, two] = [await upload({ code }), await upload({ code })];
    const key = randomUUID();
    const run = (id: string) => post(`/api/execute/${id}`, {}, withKey(key));
    const first = await run(one.job_id);
    const again = await run(one.job_id);
    expect(read(again, 200, Job)).toEqual(read(first, 200, Job));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await execute(one.job_id)).data.result?.run).toBe(2);
    expect(read(await run(two.job_id), 200, Job).job_id).toBe(two.job_id);
  });
});

describe('metrics', () => {
  const Metrics = z.strictObject({
    cluster_name: z.string(),
    metrics: z.array(
      z.strictObject({
        timestamp: z.iso.datetime({ precision: 3 }),
        cpu_utilization: z.number().min(0).max(100),
        memory_utilization: z.number().min(0).max(100),
      }),
    ),
  });
  const metrics = async (query: string) => read(await get(`/api/cloudwatch/main-pool${query}`), 200, Metrics);

  test.each([
    ['', 10, 60],
    ['?minutes=1&period=10', 6, 10],
    ['?minutes=60&period=3600', 1, 3600],
    ['?minutes=1&period=3600', 1, 3600],
    ['?minutes=2&period=50', 3, 50],
  ])('%s has one point per period, without gaps', async (query, count, period) => {
    const { metrics: points, cluster_name } = await metrics(query);
    expect(cluster_name).toBe('main-pool');
    const times = points.map(({ timestamp }) => Date.parse(timestamp));
    expect(times).toHaveLength(count);
    times.forEach((time, index) => expect(time - (times[0] ?? 0)).toBe(index * period * 1000));
    const last = times.at(-1) ?? 0;
    expect(last).toBeLessThanOrEqual(Date.now() + 2_000);
    expect(last).toBeGreaterThan(Date.now() - period * 1000 - 60_000);
  });

  test('show a run that burned CPU and held memory', async () => {
    await resultOf({ code: 'import time\nx = b"x" * (64 << 20)\nwhile time.process_time() < 0.6: pass' });
    const points = await waitFor('the run to be in a point', async () => {
      const { metrics: now } = await metrics('?minutes=2&period=60');
      return now.some((point) => point.cpu_utilization > 0 && point.memory_utilization > 0) ? now : undefined;
    });
    expect(points).toHaveLength(2);
  });

  test('have two names', async () => {
    const answer = await get('/api/cloudwatch/A.b_c-1/metrics/');
    expect(JSON.parse(answer.text)).toEqual({
      cluster_name: 'A.b_c-1',
      metric_names: ['CPUUtilization', 'MemoryUtilization'],
    });
  });

  test.each(['minutes=0', 'minutes=61', 'minutes=x', 'period=9', 'period=3601', 'period=1.5'])(
    'refuse %s',
    async (query) => {
      const { details } = refused(await get(`/api/cloudwatch/c?${query}`), 400, 'VALIDATION_ERROR');
      expect(details).toEqual({ field: query.split('=')[0] });
    },
  );

  test.each(['a%20b', 'x'.repeat(129), 'a%3Fb', 'é'])('refuse the name %s', async (name) => {
    for (const path of ['', '/metrics']) refused(await get(`/api/cloudwatch/${name}${path}`), 400, 'VALIDATION_ERROR');
  });
});

describe('the shared paths', () => {
  test('say what this is', async () => {
    const Root = z.looseObject({ service: z.string(), version: z.string(), status: z.literal('running') });
    read(await get('/'), 200, Root);
    const Health = z.looseObject({ status: z.literal('healthy'), environment: z.string().min(1) });
    read(await get('/api/health'), 200, Health);
  });
});

describe('CORS', () => {
  test('lets any page read every answer and its cursor', async () => {
    const sent = { headers: { Origin: 'https://console.example' } };
    const { job_id } = await upload({ code: 'print(1)' });
    const answers = await Promise.all([
      get('/api/jobs?limit=1', sent),
      get(`/api/jobs/${job_id}/status`, sent),
      get('/api/status/none', sent),
      post('/api/upload', {}, sent),
      get('/api/log?log_key=x', sent),
    ]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('x-next-cursor');
    }
  });

  test.each([
    ['POST', '/api/upload'],
    ['POST', '/api/execute/x'],
    ['GET', '/api/jobs/x/status'],
    ['POST', '/api/project'],
  ])('answers the preflight of %s %s', async (method, path) => {
    const { status, headers } = await send('OPTIONS', path, {
      headers: {
        Origin: 'https://console.example',
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    expect([200, 204]).toContain(status);
    expect(headers.get('access-control-allow-methods')).toContain(method);
    expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
  });
});

test('a run that is watched as a stream belongs to the job only', async () => {
  const { job_id } = await upload({ code: 'print(1)' });
  await executeAtOnce(job_id);
  await finished(job_id);
  const runs = z.looseObject({ items: z.array(z.looseObject({ handler: z.string() })) });
  const { items } = read(await get('/invocations?limit=100'), 200, runs);
  expect(items.filter(({ handler }) => handler === 'main.py')).toEqual([]);
});
