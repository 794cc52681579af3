import { rm } from 'node:fs/promises';

/** Removes the recording that the setup made. */
export default async function teardown(): Promise<void> {
  if (globalThis.naraeTestOwnRecordings !== undefined)
    await rm(globalThis.naraeTestOwnRecordings, { recursive: true, force: true });
}
