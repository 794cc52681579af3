import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, send } from '../support/api';
import { call, deployed } from '../support/callbacks';
import { completed, finished, start } from '../support/invocations';
import { BatchAccepted } from '../support/shapes';
import { ExecutionLog, newFunction } from './functions/support';
import { Job, upload } from './jobs/api';

/** docs/invocations.md#traces: user code is told the trace that its caller named, by every API that runs code. */

const PYTHON = 'import os\nseen = [os.environ.get("TRACEPARENT"), os.environ.get("TRACESTATE")]\n';
const NODE = 'const seen = [process.env.TRACEPARENT ?? null, process.env.TRACESTATE ?? null];\n';
const LANGUAGES = [
  ['python', `${PYTHON}def handler(event):\n    return seen\n`],
  ['node', `${NODE}exports.handler = () => seen;\n`],
] as const;

const newTrace = () => ({
  traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  tracestate: 'congo=t61rcWkgMzE,rojo=1',
});

const bodyOf = ({ result }: { readonly result: { readonly body: string } | null }): unknown =>
  JSON.parse(result?.body ?? 'null');

test.each(LANGUAGES)('an invocation of %s', async (runtime, code) => {
  const headers = newTrace();
  const { invocationId } = await start({ code, runtime }, { headers });
  expect(bodyOf(await finished(invocationId))).toEqual([headers.traceparent, headers.tracestate]);
  expect(bodyOf(await completed({ code, runtime }))).toEqual([null, null]);
});

test('what the caller sets itself of these names stands', async () => {
  const [runtime, code] = LANGUAGES[0];
  const { invocationId } = await start({ code, runtime, env: { TRACEPARENT: 'mine' } }, { headers: newTrace() });
  expect(bodyOf(await finished(invocationId))).toEqual(['mine', null]);
});

test('a trace that is malformed is none', async () => {
  const [runtime, code] = LANGUAGES[1];
  const { traceparent, tracestate } = newTrace();
  const headers = { traceparent: traceparent.toUpperCase(), tracestate };
  const { invocationId } = await start({ code, runtime }, { headers });
  expect(bodyOf(await finished(invocationId))).toEqual([null, null]);
});

test('all runs of a batch', async () => {
  const headers = newTrace();
  const invocations = LANGUAGES.map(([runtime, code]) => ({ runtime, code }));
  const { items } = read(await post('/invocations/batch', { invocations }, { headers }), 202, BatchAccepted);
  const seen = [];
  for (const item of items) if ('invocationId' in item) seen.push(bodyOf(await finished(item.invocationId)));
  expect(seen).toEqual(LANGUAGES.map(() => [headers.traceparent, headers.tracestate]));
});

test('a function', async () => {
  const headers = newTrace();
  const { path } = await newFunction(`${PYTHON}def handler(event):\n    return seen\n`);
  const log = read(await post(`${path}/invoke`, {}, { headers }), 200, ExecutionLog);
  expect(log.responseBody).toEqual([headers.traceparent, headers.tracestate]);
});

test('a job', async () => {
  const headers = newTrace();
  const { job_id: id } = await upload({ code: `${PYTHON}print(*seen)` });
  const { data } = read(await post(`/api/execute/${id}`, {}, { headers }), 200, Job);
  expect(data.result?.stdout).toBe(`${headers.traceparent} ${headers.tracestate}\n`);
});

test('a callback', async () => {
  const headers = newTrace();
  const { path } = await deployed({ type: 'node', code: `${NODE}exports.lambda_handler = async () => ({ seen });\n` });
  const { body } = await call('GET', `/api/${path}`, { headers });
  expect(body).toMatchObject({ seen: [headers.traceparent, headers.tracestate] });
});

test('pages of any origin may send it', async () => {
  const { headers } = await send('OPTIONS', '/invocations', {
    headers: {
      Origin: 'https://console.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'traceparent,tracestate',
    },
  });
  expect(headers.get('access-control-allow-headers')?.toLowerCase()).toMatch(/traceparent,\s*tracestate/);
});

test('the record of a run does not show it', async () => {
  const [runtime, code] = LANGUAGES[0];
  const { traceparent, tracestate } = newTrace();
  const { invocationId } = await start(
    { code: code.replace('return seen', 'return 1'), runtime },
    { headers: { traceparent, tracestate } },
  );
  await finished(invocationId);
  const shown = read(await get(`/invocations/${invocationId}`), 200, z.record(z.string(), z.unknown()));
  expect(JSON.stringify(shown)).not.toContain(traceparent);
});
