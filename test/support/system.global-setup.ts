import { startSystem, type System } from './system';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestSystem: System | undefined;
}

/** The system under test: the deployment that NARAE_URL names, or one of its own. Tests read it through `target()`. */
export default async function setup(): Promise<void> {
  if (process.env['NARAE_URL'] !== undefined) return;
  globalThis.naraeTestSystem = await startSystem('acceptance');
  process.env['NARAE_TEST_URL'] = globalThis.naraeTestSystem.url;
}
