/** Stops the system that the setup of the tests with API keys started. */
export default async function teardown(): Promise<void> {
  await globalThis.naraeTestAuthSystem?.stop();
  await globalThis.naraeTestModel?.close();
}
