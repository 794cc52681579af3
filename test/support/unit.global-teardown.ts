/** Stops the emulator that the unit tests' setup started. */
export default async function teardown(): Promise<void> {
  await globalThis.naraeTestEmulator?.stop();
}
