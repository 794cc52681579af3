/** Entry of the Node sandbox: the handler that Lambda calls with a run's order (docs/sandbox.md). */
import { Service } from './narae_supervisor/service.mjs';
import { readSettings } from './narae_supervisor/settings.mjs';

const service = new Service(readSettings(process.env));
// While the environment initializes, not while the first run waits.
await service.prepare();

export const handler = awslambda.streamifyResponse((event, responseStream) => service.take(event, responseStream));
