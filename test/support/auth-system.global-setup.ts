import { startSystem, type System } from './system';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestAuthSystem: System | undefined;
}

/** A system that asks for API keys. It is always one of its own, because the tests make and revoke keys. */
export default async function setup(): Promise<void> {
  globalThis.naraeTestAuthSystem = await startSystem('auth', ['--auth', 'api-key']);
  process.env['NARAE_TEST_AUTH_URL'] = globalThis.naraeTestAuthSystem.url;
  process.env['NARAE_TEST_AUTH_STATE_DIR'] = globalThis.naraeTestAuthSystem.stateDir;
}
