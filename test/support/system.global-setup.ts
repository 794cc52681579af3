import { begin } from './beginnings';
import { startOpenTarget, type OpenTarget } from './open-target';
import { startPackageIndex, type PackageIndex } from './packages';
import { startSystem, type System } from './system';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestSystem: System | undefined;
  var naraeTestOpenTarget: OpenTarget | undefined;
  var naraeTestPackages: PackageIndex | undefined;
}

/**
 * The system under test: the deployment that NARAE_URL names, or one of its own. Tests read it through `target()`. One of
 * its own may call one private address, where something stands for what is deployed elsewhere, and installs packages from an
 * index on this machine.
 */
export default function setup(): void {
  if (process.env['NARAE_URL'] !== undefined) return;
  begin('system', { start, after: 'stages' });
}

async function start(): Promise<void> {
  const openTarget = await startOpenTarget();
  globalThis.naraeTestOpenTarget = openTarget;
  process.env['NARAE_TEST_OPEN_TARGET'] = openTarget.host;
  const packages = await startPackageIndex();
  globalThis.naraeTestPackages = packages;
  process.env['NARAE_TEST_PACKAGES'] = packages.url;
  globalThis.naraeTestSystem = await startSystem('acceptance', [], {
    NARAE_OPEN_TARGETS: openTarget.host,
    ...packages.environment,
  });
  process.env['NARAE_TEST_URL'] = globalThis.naraeTestSystem.url;
  process.env['NARAE_TEST_STATE_DIR'] = globalThis.naraeTestSystem.stateDir;
}
