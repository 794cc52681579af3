import type { UseCases } from '../platform/http/endpoint';
import type { Ports } from './ports';
import type { invocationsRoutes } from './routes';
import { accepted, start } from './start';

/** Starts one run (docs/contracts/invocations.md#example-start). */
export const startInvocation =
  (ports: Ports): UseCases<typeof invocationsRoutes>['startInvocation'] =>
  async ({ body }, { principal, trace }) => {
    ports.rateLimit.take(principal.workspace);
    const reply = await accepted(await start(body, principal.workspace, { trace }, ports), ports);
    return { body: reply, headers: { Location: `/invocations/${reply.invocationId}` } };
  };
