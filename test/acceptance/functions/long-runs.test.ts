import { post, refusal } from '../../support/api';
import { waitFor } from '../../support/wait';
import { configOf, logsOf, newFunction, patch } from './support';

/** Runs that outlast the platform's synchronous window of 28 s (docs/contracts/functions.md#long-runs). */

const host = process.env['NARAE_TEST_OPEN_TARGET'];

const onTheEngine = async () =>
  (await newFunction('import time\ndef handler(e):\n    time.sleep(30)\n    return "done"\n', { timeout: 60 })).path;

const elsewhere = (after: string, timeout: number) => async () => {
  const { path } = await newFunction(undefined, { timeout });
  const answer = Buffer.from('"done"').toString('base64');
  const saved = await patch(path, { invocationUrl: `http://${host ?? ''}/run?base64=${answer}&after=${after}` });
  expect(saved.status).toBe(200);
  return path;
};

// They wait, they do not work: all at the same time.
const cases: readonly (readonly [string, () => Promise<string>, Record<string, unknown>])[] = [
  ['on the engine', onTheEngine, { responseBody: 'done', status: 'success' }],
  ...(host === undefined
    ? []
    : ([
        ['elsewhere', elsewhere('30000', 60), { responseBody: 'done', status: 'success', statusCode: 200 }],
        ['elsewhere, and is too slow', elsewhere('60000', 30), { status: 'error', statusCode: 504 }],
      ] as const)),
];

test.concurrent.each(cases)(
  'a long run %s answers STILL_RUNNING, goes on, and is logged once under its id',
  async (_where, make, outcome) => {
    const path = await make();
    const { details } = refusal(await post(`${path}/invoke`, {}), 504, 'STILL_RUNNING');
    expect(await logsOf(path)).toEqual([]);
    const logs = await waitFor('the log', async () => {
      const found = await logsOf(path);
      return found.length > 0 ? found : undefined;
    });
    expect(logs).toMatchObject([{ id: details?.['logId'], ...outcome }]);
    expect((await configOf(path)).invocations24h).toBe(1);
  },
  120_000,
);
