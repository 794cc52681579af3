import { post } from '../../support/api';
import { deployed, freshPath } from '../../support/callbacks';

const CALLS = 40;
const SLEEPING = 'import time\ndef lambda_handler(event, context):\n    time.sleep(1)\n    return "woken"\n';

/** docs/contracts/callbacks.md#bad-input: overload is told as overload. */
test('a crowd of calls is answered, or told to come again; none is told that we failed', async () => {
  const path = freshPath('crowd');
  await deployed({ path, method: 'POST', code: SLEEPING });
  const answers = await Promise.all(Array.from({ length: CALLS }, () => post(`/api/${path}`, {})));
  const refused = answers.filter(({ status }) => status !== 200);
  for (const { status, headers } of refused) {
    expect([429, 503]).toContain(status);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const answered = answers.filter(({ status }) => status === 200).map(({ text }) => text);
  expect(new Set(answered)).toEqual(new Set(['{"lambdaStatusCode":200,"body":"woken"}']));
});
