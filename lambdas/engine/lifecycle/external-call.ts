import { stepsTo } from './claim';
import { ending, storeResult } from './run-in-sandbox';
import { DEADLINES } from '../run/limits';
import { newRun, type PreparePorts, type RecordSpec } from './prepare-run';
import { NO_USAGE, type Outcome, type Run } from '../run/run';
import { RUN_PREFIX } from '../run/run-keys';
import { StaleAttempt, type RunChange } from '../store/run-store';

type OwnPorts = Pick<PreparePorts, 'clock' | 'ids' | 'store' | 'blobs'>;

/** What came of a call that a service made itself, and the HTTP status that its record shows. */
export type OwnOutcome = Outcome & { readonly statusCode: number };

/**
 * Records a call that a service makes itself instead of the engine's sandboxes: the same record, the same counting. The
 * record stands before the call is made; one whose caller dies is ended by the reaper, so that it counts all the same.
 */
export async function recordExternalCall(
  spec: RecordSpec,
  ports: OwnPorts,
  work: (run: Run) => Promise<OwnOutcome>,
): Promise<Run> {
  const run = await beginOwnRun(spec, ports);
  return endOwnRun(run, run.createdAt, await work(run), ports);
}

/** Stores the record of such a call. Whoever makes it ends it with `endOwnRun`. */
export async function beginOwnRun(spec: RecordSpec, ports: OwnPorts): Promise<Run> {
  const now = ports.clock.now();
  const run: Run = {
    ...newRun(spec, ports.ids.next(RUN_PREFIX, now), now),
    deadlineAt: now + spec.timeoutMs + DEADLINES.executingGraceMs,
  };
  await Promise.all([
    ports.store.create(run),
    run.requestStored && spec.request !== undefined && ports.blobs.putRequest(run.workspace, run.id, spec.request),
  ]);
  return run;
}

/**
 * @param run as it was stored last, by `beginOwnRun` or by a claim
 * @returns the record, ended by this call or by whoever was first
 */
export async function endOwnRun(
  run: Run,
  startedAt: number,
  outcome: OwnOutcome,
  { store, blobs, clock }: Omit<OwnPorts, 'ids'>,
): Promise<Run> {
  const now = clock.now();
  const usage = { ...NO_USAGE, durationMs: now - startedAt };
  const [events, ended] = ending(outcome, usage, { truncated: false, tail: [] }, now);
  const result: RunChange = outcome.ok ? await storeResult(run, outcome.resultJson, blobs) : {};
  const change = { ...ended, ...result, statusCode: outcome.statusCode, startedAt };
  try {
    return await store.append(run, [...stepsTo('EXECUTING', run.status, startedAt), ...events], change);
  } catch (error) {
    if (error instanceof StaleAttempt) return error.current;
    throw error;
  }
}
