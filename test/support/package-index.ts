/**
 * The index of packages on this machine that the system under test asks (test/support/packages), for tests of what is
 * installed from it.
 */
const url = process.env['NARAE_TEST_PACKAGES'];

/** Asks the index itself. */
export const askIndex = (path: string): Promise<Response> => fetch(`${url ?? ''}${path}`);

/** Tests that need it; a system that was started elsewhere (NARAE_URL) asks another index. */
export const describeWithIndex: (name: string, tests: () => void) => void =
  url === undefined
    ? (name, tests) => describe.skip(`${name} (not tried: the system under test asks an index that is not ours)`, tests)
    : describe;
