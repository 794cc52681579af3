/** Entry of the Node installer: the handler that Lambda calls with an order (docs/callbacks.md). */
import { runWorker } from './working/worker.mjs';

/** The registry did not answer: another try may do better. The state machine retries by this name. */
class RegistryUnavailable extends Error {
  name = 'RegistryUnavailable';
}

export async function handler(order) {
  const answer = await runWorker(order);
  if (answer.unavailable !== undefined) throw new RegistryUnavailable(answer.unavailable);
  return answer;
}
