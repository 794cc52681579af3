import { randomUUID } from 'node:crypto';
import { post, read, refusal, send } from '../support/api';
import { finished, start } from '../support/invocations';
import { Accepted, BatchAccepted } from '../support/shapes';

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });

/** See docs/contracts/invocations.md#idempotency. */
describe('Idempotency-Key', () => {
  test('with the same body gives the first answer again and starts nothing', async () => {
    const key = randomUUID();
    const first = await post('/invocations', CODE, withKey(key));
    const second = await post('/invocations', CODE, withKey(key));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(read(second, 202, Accepted)).toEqual(read(first, 202, Accepted));
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  test('still gives the first answer when the run is long over', async () => {
    const key = randomUUID();
    const first = await start(CODE, withKey(key));
    await finished(first.invocationId);
    expect(await start(CODE, withKey(key))).toEqual(first);
  });

  test('with another body is refused', async () => {
    const key = randomUUID();
    await start(CODE, withKey(key));
    refusal(
      await post('/invocations', { ...CODE, payload: { other: 1 } }, withKey(key)),
      409,
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  test('another key, or none, starts another run', async () => {
    const runs = [
      await start(CODE, withKey(randomUUID())),
      await start(CODE, withKey(randomUUID())),
      await start(CODE),
      await start(CODE),
    ];
    expect(new Set(runs.map(({ invocationId }) => invocationId)).size).toBe(4);
  });

  test('counts for one path, with its trailing slash', async () => {
    const key = randomUUID();
    const single = await start(CODE, withKey(key));
    const batch = await post('/invocations/batch', { invocations: [CODE] }, withKey(key));
    expect(batch.headers.get('idempotency-replayed')).toBeNull();
    const slashed = await post('/invocations/', CODE, withKey(key));
    expect(slashed.headers.get('idempotency-replayed')).toBe('true');
    expect(read(slashed, 202, Accepted).invocationId).toBe(single.invocationId);
  });

  test('replays a batch', async () => {
    const key = randomUUID();
    const request = { invocations: [CODE, { runtime: 'python' }] };
    const first = read(await post('/invocations/batch', request, withKey(key)), 202, BatchAccepted);
    const answer = await post('/invocations/batch', request, withKey(key));
    expect(answer.headers.get('idempotency-replayed')).toBe('true');
    expect(read(answer, 202, BatchAccepted)).toEqual(first);
  });

  test.each([
    ['VALIDATION_ERROR', JSON.stringify({ runtime: 'python' })],
    ['UNSUPPORTED_RUNTIME', JSON.stringify({ ...CODE, runtime: 'java21' })],
    ['INVALID_JSON', '{'],
  ])('is not used up by a refused request (%s)', async (code, raw) => {
    const key = randomUUID();
    const refused = () => send('POST', '/invocations', { raw, ...withKey(key) });
    refusal(await refused(), 400, code);
    const again = await refused();
    refusal(again, 400, code);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
    const answer = await post('/invocations', CODE, withKey(key));
    read(answer, 202, Accepted);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  test('sent many times at once starts one run', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/invocations', CODE, withKey(key))));
    const ids = new Set<string>();
    for (const answer of answers) {
      if (answer.status === 202) ids.add(read(answer, 202, Accepted).invocationId);
      else {
        refusal(answer, 409, 'IDEMPOTENCY_IN_PROGRESS');
        expect(answer.headers.get('retry-after')).toBe('1');
      }
    }
    expect(ids.size).toBe(1);
    const fresh = answers.filter(({ status, headers }) => status === 202 && !headers.has('idempotency-replayed'));
    expect(fresh).toHaveLength(1);
  });

  test.each(['~!@#$%^&*()_+{}|:"<>?', 'x'.repeat(255)])('may be any visible ASCII (%s)', async (key) => {
    // Unlike the others this key is the same in each run of the tests: a run of its own body is replayed or made.
    expect((await post('/invocations', CODE, withKey(key))).status).toBe(202);
  });

  test.each(['x'.repeat(256), 'with space', 'caf\u00e9', 'tab\tbed'])(
    'that is anything else is refused (%j)',
    async (key) => {
      const { details } = refusal(await post('/invocations', CODE, withKey(key)), 400, 'VALIDATION_ERROR');
      expect(details).toMatchObject({ field: 'Idempotency-Key' });
    },
  );
});
