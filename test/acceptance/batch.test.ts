import { get, post, read, refusal } from '../support/api';
import { finished, record } from '../support/invocations';
import { BatchAccepted, InvocationPage } from '../support/shapes';

const OK = { code: 'def handler(event):\n    return event\n', runtime: 'python' };
const FAILING = { code: 'throw new Error("no");', runtime: 'node' };

/** See docs/contracts/invocations.md#worked-examples, #batch. */
describe('POST /invocations/batch', () => {
  test('accepts what is right and says what is wrong with the rest', async () => {
    const answer = await post('/invocations/batch', {
      invocations: [
        { ...OK, payload: 0 },
        { runtime: 'python' },
        { code: 'exports.handler = () => 2;', runtime: 'node' },
        { ...OK, runtime: 'java21' },
        { ...OK, env: { PATH: 'x' } },
        'not even an object',
      ],
    });
    const batch = read(answer, 202, BatchAccepted);
    expect(batch).toMatchObject({
      accepted: 2,
      rejected: 4,
      items: [
        { index: 0, status: 'REQUEST_RECEIVED', runtime: 'python3.13', requestedRuntime: 'python' },
        { index: 1, error: { code: 'VALIDATION_ERROR', details: { field: 'invocations[1].code' } } },
        { index: 2, status: 'REQUEST_RECEIVED', runtime: 'nodejs24', requestedRuntime: 'node' },
        { index: 3, error: { code: 'UNSUPPORTED_RUNTIME', details: { requested: 'java21' } } },
        { index: 4, error: { code: 'VALIDATION_ERROR' } },
        { index: 5, error: { code: 'VALIDATION_ERROR' } },
      ],
    });
    const bodies = [];
    for (const item of batch.items) {
      if ('error' in item) continue;
      const done = await finished(item.invocationId);
      expect(done.batchId).toBe(batch.batchId);
      bodies.push(done.result?.body);
    }
    expect(bodies).toEqual(['0', '2']);
  });

  test('runs its items independently of each other', async () => {
    const { items } = read(
      await post('/invocations/batch', { invocations: [FAILING, OK, FAILING, OK] }),
      202,
      BatchAccepted,
    );
    const statuses = [];
    for (const item of items) statuses.push('error' in item ? 'refused' : (await finished(item.invocationId)).status);
    expect(statuses).toEqual(['FAILED', 'COMPLETED', 'FAILED', 'COMPLETED']);
  });

  test('makes every id readable before it answers', async () => {
    const { items } = read(await post('/invocations/batch', { invocations: Array(10).fill(OK) }), 202, BatchAccepted);
    const ids = items.flatMap((item) => ('error' in item ? [] : [item.invocationId]));
    expect(new Set(ids).size).toBe(10);
    await Promise.all(ids.map((id) => record(id)));
  });

  test('with nothing right in it is refused, item by item', async () => {
    const answer = await post('/invocations/batch', { invocations: [{}, { ...OK, runtime: 'java21' }, null] });
    const { details } = refusal(answer, 400, 'VALIDATION_ERROR');
    expect(details?.['items']).toMatchObject([
      { index: 0, error: { code: 'VALIDATION_ERROR', details: { field: 'invocations[0].code' } } },
      { index: 1, error: { code: 'UNSUPPORTED_RUNTIME' } },
      { index: 2, error: { code: 'VALIDATION_ERROR' } },
    ]);
  });

  test('takes 100', async () => {
    // One runs, so that the test is no load test.
    const invocations = [OK, ...Array<object>(99).fill({ runtime: 'python' })];
    const { accepted, rejected } = read(await post('/invocations/batch', { invocations }), 202, BatchAccepted);
    expect([accepted, rejected]).toEqual([1, 99]);
  });

  test.each([
    ['nothing', {}],
    ['none', { invocations: [] }],
    ['101', { invocations: Array(101).fill(OK) }],
    ['no list', { invocations: OK }],
    ['a list without its name', [OK]],
  ])('of %s is refused', async (_, request) => {
    refusal(await post('/invocations/batch', request), 400, 'VALIDATION_ERROR');
  });

  test('can be listed by its id', async () => {
    const batch = read(await post('/invocations/batch', { invocations: [OK, OK, OK] }), 202, BatchAccepted);
    const { items } = read(await get(`/invocations?batchId=${batch.batchId}`), 200, InvocationPage);
    expect(items.map(({ invocationId }) => invocationId).sort()).toEqual(
      batch.items.map((item) => ('error' in item ? '' : item.invocationId)).sort(),
    );
    expect(new Set(items.map(({ batchId }) => batchId))).toEqual(new Set([batch.batchId]));
  });
});
