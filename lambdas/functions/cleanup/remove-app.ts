import { createHash } from 'node:crypto';
import type { StartExecution } from '../../platform/pipeline/start-execution';
import type { Clock } from '../../platform/time/clock';
import type { CleanUpPorts } from './clean-up';

/** As often as the schedule comes back for what is left. */
const ONCE_IN_MS = 15 * 60_000;

/**
 * Starts the state machine that deploys and removes apps (lambdas/builds/deploy/pipeline.ts), once in a while for each
 * app: what is asked for again before that finds the execution that there is.
 */
export const removeApp =
  (start: StartExecution, clock: Clock): CleanUpPorts['removeApp'] =>
  async ({ namespace, name }, functionId) => {
    const of = createHash('sha256').update(`${functionId}/${namespace}/${name}`).digest('hex').slice(0, 16);
    const turn = Math.floor(clock.now() / ONCE_IN_MS);
    await start(`remove-${of}-${turn}`, { kind: 'remove', app: { namespace, name }, functionId });
  };
