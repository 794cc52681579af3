import { CANCELLED, endRun, findRun, isTerminal, type Run } from '../engine';
import { AppError } from '../platform/http/errors';
import type { UseCases } from '../platform/http/endpoint';
import type { Ports } from './ports';
import type { invocationsRoutes } from './routes';
import { toInvocation } from './view';

/**
 * Cancels a run: the record is final when this answers, the sandbox stops within two seconds
 * (docs/contracts/invocations.md#cancel).
 * @throws AppError `INVOCATION_ALREADY_FINISHED`
 */
export const cancelInvocation =
  (ports: Ports): UseCases<typeof invocationsRoutes>['cancelInvocation'] =>
  async ({ params }, { principal }) => {
    const run = await findRun(principal.workspace, params.id, ports);
    const ended = isTerminal(run.status) ? run : await endRun(run, CANCELLED, ports);
    if (!isCancelled(ended)) {
      throw new AppError('INVOCATION_ALREADY_FINISHED', `The invocation is over: ${ended.status}.`, {
        details: { status: ended.status },
      });
    }
    return { body: await toInvocation(ended, ports) };
  };

const isCancelled = (run: Run): boolean => run.errorType === 'CANCELLED';
