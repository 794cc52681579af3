import { randomBytes } from 'node:crypto';
import { startSystem, type System } from './system';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestAuthSystem: System | undefined;
}

/**
 * A system that asks for API keys. It is always one of its own, because the tests make and revoke keys, and look for what
 * its environment holds (test/security). Somebody who works on those tests may name one: NARAE_TEST_AUTH_URL,
 * NARAE_TEST_AUTH_STATE_DIR and the TEST_HOST_SECRET it was started with.
 */
export default async function setup(): Promise<void> {
  if (process.env['NARAE_TEST_AUTH_URL'] !== undefined) return;
  process.env['TEST_HOST_SECRET'] = `canary-${randomBytes(16).toString('hex')}`;
  globalThis.naraeTestAuthSystem = await startSystem('auth', ['--auth', 'api-key']);
  process.env['NARAE_TEST_AUTH_URL'] = globalThis.naraeTestAuthSystem.url;
  process.env['NARAE_TEST_AUTH_STATE_DIR'] = globalThis.naraeTestAuthSystem.stateDir;
}
