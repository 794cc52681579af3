import { begin } from './beginnings';
import { startEmulator, type Emulator } from './emulator';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestEmulator: Emulator | undefined;
}

/**
 * One emulator per jest run. Tests find it in NARAE_TEST_AWS_ENDPOINT; each makes tables and buckets with names of
 * its own. An endpoint that is already set is used as it is.
 */
export default function setup(): void {
  if (process.env['NARAE_TEST_AWS_ENDPOINT'] === undefined) begin('emulator', { start });
}

async function start(): Promise<void> {
  globalThis.naraeTestEmulator = await startEmulator();
  process.env['NARAE_TEST_AWS_ENDPOINT'] = globalThis.naraeTestEmulator.endpoint;
}
