import { post, read, send } from '../support/api';
import { completed, eventsOf, finished, record, run, start } from '../support/invocations';
import { Accepted } from '../support/shapes';

const PYTHON = 'def handler(event):\n    return event\n';
const NODE = 'exports.handler = (event) => event;\n';

/** See docs/contracts/invocations.md#worked-examples. */
const EXAMPLE = {
  code: "def greet(event):\n    print('hi', event['who'])\n    return {'statusCode': 201, 'body': {'ok': True}}\n",
  runtime: 'python3.10',
  handler: 'main.greet',
  payload: { who: 'Bora' },
  timeoutMs: 2000,
};

describe('POST /invocations', () => {
  test('answers at once with an id, what will run, and where to follow it', async () => {
    const answer = await post('/invocations', EXAMPLE);
    const accepted = read(answer, 202, Accepted);
    expect(accepted).toMatchObject({
      status: 'REQUEST_RECEIVED',
      runtime: 'python3.13',
      requestedRuntime: 'python3.10',
    });
    expect(accepted.streamUrl.startsWith(`/stream/invocations/${accepted.invocationId}`)).toBe(true);
    expect(answer.headers.get('location')).toMatch(new RegExp(`/invocations/${accepted.invocationId}$`));
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(Math.abs(Date.parse(accepted.createdAt) - Date.now())).toBeLessThan(10 * 60_000);
  });

  test('makes the id readable before it answers', async () => {
    const { invocationId, createdAt } = await start({ code: PYTHON, runtime: 'python' });
    expect(await record(invocationId)).toMatchObject({ invocationId, createdAt });
  });

  test('gives every run an id of its own', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => start({ code: PYTHON, runtime: 'python' })));
    expect(new Set(runs.map(({ invocationId }) => invocationId)).size).toBe(4);
  });

  test('runs the worked example to the worked record', async () => {
    const { streamUrl: _, status: __, ...accepted } = await start(EXAMPLE);
    const done = await finished(accepted.invocationId);
    expect(done).toMatchObject({
      ...accepted,
      status: 'COMPLETED',
      handler: 'main.greet',
      timeoutMs: 2000,
      memoryMb: 256,
      envNames: [],
      batchId: null,
      result: { statusCode: 201, body: '{"ok":true}' },
      errorType: null,
      errorMessage: null,
      logsTail: [],
      truncated: { logs: false, result: false },
      lastSeq: 7,
    });
    expect(done.result).not.toHaveProperty('headers');
    expect(done.usage?.durationMs).toBe(done.durationMs);
    expect(done.usage?.maxMemoryBytes).toBeGreaterThan(1024 * 1024);
    const times = [done.createdAt, done.startedAt, done.finishedAt];
    expect(times).toEqual([...times].sort());
  });

  test.each([
    ['python', 'import platform\ndef handler(event):\n    return platform.python_version()\n'],
    ['node', 'exports.handler = () => process.versions.node;'],
  ])('says of a run of %s which version of the language it really had', async (runtime, code) => {
    const { invocationId } = await start({ code, runtime });
    const { result, runtimeVersion } = await finished(invocationId);
    expect(JSON.parse(result?.body ?? 'null')).toBe(runtimeVersion);
  });

  test.each([
    ['python', PYTHON, 'python3.13', 'main.handler'],
    ['node', NODE, 'nodejs24', 'index.handler'],
  ])('fills in the defaults for %s', async (runtime, code, resolved, handler) => {
    expect(await run({ code, runtime })).toMatchObject({
      status: 'COMPLETED',
      runtime: resolved,
      requestedRuntime: runtime,
      handler,
      timeoutMs: 30_000,
      memoryMb: 256,
      envNames: [],
      batchId: null,
      result: { statusCode: 200, body: '{}' },
    });
  });

  test.each([null, true, 'text', 12.5, [], [1, [2]], { deep: { er: ['한글', '😀', '\u2028', ''] } }])(
    'hands over the payload %j as it is',
    async (payload) => {
      const { result } = await completed({ code: NODE, runtime: 'node', payload });
      expect(JSON.parse(result.body)).toEqual(payload);
    },
  );

  test('hands over a payload of 4 MB', async () => {
    const payload = { text: 'é'.repeat(2_000_000) };
    const code = 'def handler(event):\n    return len(event["text"])\n';
    expect((await completed({ code, runtime: 'python', payload })).result.body).toBe('2000000');
  });

  test.each([
    { timeoutMs: 100 },
    { timeoutMs: 900_000 },
    { memoryMb: 128 },
    { memoryMb: 3008 },
    { handler: `main.${'h'.repeat(123)}` },
  ])('takes values at the edge of their range', async (edge) => {
    const { invocationId } = await start({ code: PYTHON, runtime: 'python', ...edge });
    expect(await record(invocationId)).toMatchObject(edge);
  });

  test.each([Array.from({ length: 50 }, (_, i) => `N${i}`), [`N${'_'.repeat(127)}`]])(
    'takes as many names of variables, and as long ones, as there may be',
    async (...envNames) => {
      const env = Object.fromEntries(envNames.map((name) => [name, '']));
      expect(await completed({ code: PYTHON, runtime: 'python', env })).toMatchObject({ envNames });
    },
  );

  test.each([`# ${'x'.repeat(1024 * 1024 - 2)}`, ' '])(
    'takes code at the edge of its size, and runs it',
    async (code) => {
      expect(await run({ code, runtime: 'python' })).toMatchObject({ errorType: 'HANDLER_NOT_FOUND' });
    },
  );

  test('ignores fields it does not know', async () => {
    const request = { code: PYTHON, runtime: 'python', status: 'COMPLETED', memory: 'lots', invocationId: 'inv-mine' };
    const done = await run(request);
    expect(done.status).toBe('COMPLETED');
    expect(done.invocationId).not.toBe('inv-mine');
  });

  test.each(['application/json; charset=utf-8', 'application/problem+json', 'text/json', ''])(
    'reads a JSON body sent as %j',
    async (type) => {
      // Bytes: a string body would be sent as text/plain.
      const raw = new TextEncoder().encode(JSON.stringify({ code: PYTHON, runtime: 'python' }));
      read(
        await send('POST', '/invocations', { raw, headers: type === '' ? {} : { 'Content-Type': type } }),
        202,
        Accepted,
      );
    },
  );

  test('never changes a record that is final', async () => {
    const done = await run(EXAMPLE);
    const events = await eventsOf(done.invocationId);
    expect(await record(done.invocationId)).toEqual(done);
    expect(await eventsOf(done.invocationId)).toEqual(events);
  });
});
