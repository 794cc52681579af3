import { post, refusal } from '../../support/api';
import { waitFor } from '../../support/wait';
import { logsOf, newFunction } from './support';

/** Runs that outlast the platform's synchronous window of 28 s (contract: functions, section 6, "Long runs"). */

test('a long run answers STILL_RUNNING, goes on, and is logged once under its id', async () => {
  const { path } = await newFunction('import time\ndef handler(e):\n    time.sleep(31)\n    return "done"\n', {
    timeout: 60,
  });
  const { details } = refusal(await post(`${path}/invoke`, {}), 504, 'STILL_RUNNING');
  const logs = await waitFor('the log', async () => {
    const found = await logsOf(path);
    return found.length > 0 ? found : undefined;
  });
  expect(logs).toMatchObject([{ id: details?.['logId'], responseBody: 'done', status: 'success' }]);
}, 120_000);
