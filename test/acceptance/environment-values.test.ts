import { randomUUID } from 'node:crypto';
import { get, post, send } from '../support/api';
import { completed, eventsOf, finished, start, valueOf } from '../support/invocations';

/** See docs/contracts/invocations.md#never. */
describe('env', () => {
  test.each([
    ['python', 'import os\ndef handler(event):\n    return os.environ["GREETING"] == event["a"] + event["b"]\n'],
    ['node', 'exports.handler = ({ a, b }) => process.env.GREETING === a + b;\n'],
  ])('reaches the code (%s)', async (runtime, code) => {
    const value = 'multi\nline = "quoted" \\ 한글 😀';
    expect(
      await valueOf({ code, runtime, env: { GREETING: value }, payload: { a: 'multi\n', b: value.slice(6) } }),
    ).toBe(true);
  });

  test('is shown by its names only', async () => {
    const { envNames } = await completed({
      code: 'def handler(event):\n    return 1\n',
      runtime: 'python',
      env: { B: '1', A_TOKEN: '2', c: '' },
    });
    expect([...envNames].sort()).toEqual(['A_TOKEN', 'B', 'c']);
  });

  test('has values that appear nowhere, whatever becomes of the run', async () => {
    const canary = `canary-${randomUUID()}`;
    const env = { SECRET: canary };
    const outcomes = [
      { runtime: 'python', code: 'import os\ndef handler(event):\n    return len(os.environ["SECRET"])\n', env },
      {
        runtime: 'python',
        code: 'import os\ndef handler(event):\n    secret = os.environ["SECRET"]\n    raise ValueError\n',
        env,
      },
      {
        runtime: 'node',
        code: 'exports.handler = () => { const { SECRET } = process.env; throw new Error("no"); };',
        env,
      },
      { runtime: 'node', code: 'syntax error', env },
      { runtime: 'python', code: 'while True: pass', timeoutMs: 200, env },
    ];
    const seen: string[] = [];
    for (const request of outcomes) {
      const answer = await post('/invocations', request, { headers: { 'Idempotency-Key': randomUUID() } });
      const { invocationId, streamUrl } = JSON.parse(answer.text) as { invocationId: string; streamUrl: string };
      await finished(invocationId);
      const answers = await Promise.all([
        get(`/invocations/${invocationId}`),
        get(`/invocations/${invocationId}/events`),
        get(streamUrl),
        post(`/invocations/${invocationId}/cancel`),
      ]);
      seen.push(answer.text, ...answers.map(({ text }) => text));
    }
    const batch = await post('/invocations/batch', { invocations: [outcomes[0], { env }] });
    seen.push(batch.text, (await get('/invocations?limit=100')).text);
    expect(seen.join('\n')).not.toContain(canary);
  });

  test('has values that are not in a refusal either', async () => {
    const canary = `canary-${randomUUID()}`;
    const good = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
    const answers = await Promise.all([
      post('/invocations', { ...good, env: { PATH: canary } }),
      post('/invocations', { ...good, env: { 'bad-name': canary } }),
      post('/invocations', { ...good, env: { A: [canary] } }),
      post('/invocations', { ...good, env: { A: canary.repeat(1_000) } }),
      post('/invocations', { ...good, env: canary }),
      post('/invocations', { ...good, runtime: 'java21', env: { A: canary } }),
      post('/invocations/batch', { invocations: [{ ...good, env: { PATH: canary } }] }),
      send('POST', '/invocations', { raw: `{"env":{"A":"${canary}"` }),
    ]);
    for (const { status, text } of answers) {
      expect(status).toBe(400);
      expect(text).not.toContain(canary);
    }
  });

  test('of one run is not seen by the next', async () => {
    const code = 'import os\ndef handler(event):\n    return os.environ.get("MINE")\n';
    const { invocationId } = await start({
      code: 'def handler(event):\n    return 1\n',
      runtime: 'python',
      env: { MINE: 'x' },
    });
    await finished(invocationId);
    expect(await valueOf({ code, runtime: 'python' })).toBeNull();
    expect(await eventsOf(invocationId)).not.toHaveLength(0);
  });
});
