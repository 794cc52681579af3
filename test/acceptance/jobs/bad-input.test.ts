import { randomUUID } from 'node:crypto';
import { get, post, send } from '../../support/api';
import { execute, refused, upload } from './api';

const GOOD = { code: 'print(1)', language: 'python' };

/** See docs/contracts/jobs.md#bad-input. */
describe('upload refuses', () => {
  test.each<[string, unknown, string]>([
    ['no code', { language: 'python' }, 'code'],
    ['empty code', { ...GOOD, code: '' }, 'code'],
    ['code that is no string', { ...GOOD, code: 1 }, 'code'],
    ['code of more than 1 MiB', { ...GOOD, code: '#'.repeat(1024 * 1024 + 1) }, 'code'],
    ['no language', { code: 'print(1)' }, 'language'],
    ['a language that is no string', { ...GOOD, language: 3 }, 'language'],
    ['a project that is no string', { ...GOOD, project: 3 }, 'project'],
    ['a blank project', { ...GOOD, project: ' ' }, 'project'],
    ['a project that is too long', { ...GOOD, project: 'x'.repeat(256) }, 'project'],
    ['a function name that is too long', { ...GOOD, function_name: 'x'.repeat(256) }, 'function_name'],
    ['a function name that is no string', { ...GOOD, function_name: [] }, 'function_name'],
    ['a description that is too long', { ...GOOD, description: 'x'.repeat(4001) }, 'description'],
    ['a NUL in a project', { ...GOOD, project: 'a\0b' }, 'project'],
    ['a NUL in a function name', { ...GOOD, function_name: 'a\0b' }, 'function_name'],
    ['a NUL in a description', { ...GOOD, description: 'a\0b' }, 'description'],
  ])('%s', async (_, body, field) => {
    expect(refused(await post('/api/upload', body), 400, 'VALIDATION_ERROR').details).toEqual({ field });
  });

  test.each(['', '{', 'code=x', '{"code":NaN}'])('the body %p as no JSON', async (raw) => {
    refused(await send('POST', '/api/upload', { raw }), 400, 'INVALID_JSON');
  });

  test.each(['java', 'java21', 'ruby', 'python2.7', ' '])('the language %p by name', async (language) => {
    const { details } = refused(await post('/api/upload', { ...GOOD, language }), 400, 'UNSUPPORTED_RUNTIME');
    expect(details?.['supported']).toEqual(['python3.13', 'nodejs24']);
  });

  test('a body of more than 6 MB', async () => {
    refused(await post('/api/upload', { ...GOOD, extra: 'x'.repeat(6_400_000) }), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('nothing for a field it does not know, and takes many spellings', async () => {
    for (const [language, shown] of [
      ['Python 3.11', 'python'],
      ['JavaScript', 'node'],
      ['nodejs20.x', 'node'],
    ] as const) {
      const body = { ...GOOD, language, function_name: null, description: null, extra: [1] };
      const job = await upload(body);
      expect(job.data.language).toBe(shown);
      expect(job.code_key).toBe(`uploads/${job.job_id}.${shown === 'node' ? 'js' : 'py'}`);
    }
  });
});

test('a project made again with its key is the first answer; the key with another name is refused', async () => {
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = { project_name: `keyed ${randomUUID()}` };
  const first = await post('/api/project', body, { headers });
  expect(first.status).toBe(200);
  const second = await post('/api/project', body, { headers });
  expect(second.text).toBe(first.text);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  refused(
    await post('/api/project', { project_name: `other ${randomUUID()}` }, { headers }),
    409,
    'IDEMPOTENCY_KEY_REUSED',
  );
});

describe('execute refuses', () => {
  test.each<[string, unknown, string]>([
    ['a time-out that is too short', { timeout: 99 }, 'timeout'],
    ['a time-out that is too long', { timeout: 900_001 }, 'timeout'],
    ['a time-out that is no integer', { timeout: 1000.5 }, 'timeout'],
    ['a time-out in a string', { timeout: '1000' }, 'timeout'],
    ['an input that is no string', { input: 5 }, 'input'],
    ['an input of more than 1 MiB', { input: 'x'.repeat(1024 * 1024 + 1) }, 'input'],
    ['a list', [], 'body'],
  ])('%s, and stays as it was', async (_, body, field) => {
    const { job_id } = await upload(GOOD);
    expect(refused(await post(`/api/execute/${job_id}`, body), 400, 'VALIDATION_ERROR').details).toEqual({ field });
    expect((await execute(job_id)).data.result?.run).toBe(1);
  });

  test.each(['wait=', 'wait=1', 'wait=TRUE'])('%s', async (query) => {
    const { job_id } = await upload(GOOD);
    const { details } = refused(await send('POST', `/api/execute/${job_id}?${query}`), 400, 'VALIDATION_ERROR');
    expect(details).toEqual({ field: 'wait' });
  });

  test('a body that is no JSON', async () => {
    const { job_id } = await upload(GOOD);
    refused(await send('POST', `/api/execute/${job_id}`, { raw: '{' }), 400, 'INVALID_JSON');
  });
});

describe('an id that is nobody’s', () => {
  const ids = [randomUUID(), 'none', '1', '..%5c..', '%00', 'x'.repeat(3000), randomUUID().toUpperCase()];

  test.each(ids)('%# is 404 everywhere', async (id) => {
    const answers = await Promise.all([
      get(`/api/status/${id}`),
      get(`/api/jobs/${id}/status`),
      post(`/api/execute/${id}`, {}),
      post(`/api/cancel/${id}`),
      get(`/api/status/${id}/`),
    ]);
    for (const answer of answers) refused(answer, 404, 'JOB_NOT_FOUND');
  });
});

describe('a log key', () => {
  test.each([
    'x',
    'logs/x/1.json',
    `logs/${randomUUID()}/1.json`,
    'uploads/../logs',
    '../../etc/passwd',
    'results/ws-default/inv-1.json',
    '%00',
  ])('%s is 404', async (key) => {
    refused(await get(`/api/log?log_key=${encodeURIComponent(key)}`), 404, 'LOG_NOT_FOUND');
  });

  test('of a run that never was is 404, and without one is 400', async () => {
    const { job_id } = await upload(GOOD);
    await execute(job_id);
    for (const run of ['0', '2', '01', '1e0', '999999999999'])
      refused(await get(`/api/log?log_key=logs/${job_id}/${run}.json`), 404, 'LOG_NOT_FOUND');
    for (const query of ['', '?log_key='])
      expect(refused(await get(`/api/log${query}`), 400, 'VALIDATION_ERROR').details).toEqual({ field: 'log_key' });
  });
});

test.each([
  ['GET', '/api/upload', 'POST'],
  ['GET', '/api/execute/x', 'POST'],
  ['POST', '/api/status/x', 'GET'],
  ['POST', '/api/jobs/x/status', 'GET'],
  ['GET', '/api/cancel/x', 'POST'],
  ['DELETE', '/api/jobs', 'GET'],
  ['POST', '/api/projects', 'GET'],
  ['GET', '/api/project', 'POST'],
  ['PUT', '/api/projects/x/jobs', 'GET'],
  ['POST', '/api/log', 'GET'],
  ['POST', '/api/cloudwatch/x', 'GET'],
  ['POST', '/api/cloudwatch/x/metrics', 'GET'],
])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
  for (const slash of ['', '/']) {
    const answer = await send(method, path + slash);
    refused(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe(allow);
  }
});
