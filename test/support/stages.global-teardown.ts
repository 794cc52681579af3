import { rm } from 'node:fs/promises';

/** Removes the stages that the setup made. */
export default async function teardown(): Promise<void> {
  if (globalThis.naraeTestStages !== undefined) await rm(globalThis.naraeTestStages, { recursive: true, force: true });
}
