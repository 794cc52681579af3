/** Stops the system that the acceptance tests' setup started. */
export default async function teardown(): Promise<void> {
  await globalThis.naraeTestSystem?.stop();
  await globalThis.naraeTestOpenTarget?.stop();
  globalThis.naraeTestPackages?.stop();
}
