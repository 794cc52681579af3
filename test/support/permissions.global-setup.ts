import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { startSystem } from './system';
import { waitFor } from './wait';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestOwnRecordings: string | undefined;
}

const Accepted = z.looseObject({ invocationId: z.string(), streamUrl: z.string() });
const Ended = z.looseObject({ status: z.literal('COMPLETED') });

/**
 * What is judged: the recordings that NARAE_TEST_RECORDINGS names, which `npm test` makes, or one of its own: a run from
 * its start to its record.
 */
export default async function setup(): Promise<void> {
  if (process.env['NARAE_TEST_RECORDINGS'] !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'narae-recordings-'));
  globalThis.naraeTestOwnRecordings = folder;
  process.env['NARAE_TEST_RECORDINGS'] = folder;
  process.env['NARAE_TEST_RECORDINGS_OF'] = 'one run';
  const system = await startSystem('permissions');
  try {
    const call = async (path: string, init?: RequestInit): Promise<Response> =>
      fetch(system.url + path, { ...init, signal: AbortSignal.timeout(60_000) });
    const order = { runtime: 'python3.13', code: 'def handler(event):\n    return event\n', env: { A: 'B' } };
    const accepted = Accepted.parse(
      await (await call('/invocations', { method: 'POST', body: JSON.stringify(order) })).json(),
    );
    await (await call(accepted.streamUrl)).text();
    const record = async () => Ended.safeParse(await (await call(`/invocations/${accepted.invocationId}`)).json()).data;
    await waitFor('the run to end', record);
    await call('/health');
  } finally {
    await system.stop();
  }
}
