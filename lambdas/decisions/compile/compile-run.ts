import type { Stage } from '../model';
import { ProviderFailed } from '../providers/provider';
import { readIssue } from '../rules/read-issue';
import type { DecisionPlace } from '../store/audit';
import { runFailed, type RunFailure } from '../store/entries';
import { assign } from './assign';
import { beginIteration, type Begun } from './begin-iteration';
import type { Iteration } from './iteration';
import { IterationWriter, RunLost } from './iteration-writer';
import { judge } from './judge';
import { lookAfter } from './look-after';
import type { CompilePorts } from './ports';
import { review } from './review';
import { route } from './route';

/** What a start came to. */
export type Compiled = 'completed' | 'failed' | 'lost' | 'nothing to do';

/**
 * Takes a run through an iteration, from the issue to its card (docs/contracts/decisions.md#events). However it ends, the run
 * has an end: what fails is told by an `error` event, and what dies is ended by whoever looks next.
 * @throws AppError when not even a failure can be stored
 */
export async function compileRun(place: DecisionPlace, ports: CompilePorts): Promise<Compiled> {
  const begun = await beginIteration(place, ports);
  if (!begun) return 'nothing to do';
  const writer = new IterationWriter(begun, ports);
  let stage: Stage = 'initial_decision';
  try {
    await compile(begun, writer, ports, (entered) => (stage = entered));
  } catch (error) {
    if (error instanceof RunLost) return 'lost';
    return fail(begun, writer, { stage, error }, ports);
  }
  await lookAfter(place, ports);
  return 'completed';
}

async function compile(
  begun: Begun,
  writer: IterationWriter,
  ports: CompilePorts,
  enter: (stage: Stage) => void,
): Promise<void> {
  const { place, run, issue } = begun;
  const reading = readIssue(issue, run.feedback);
  const budgets = ports.budgets(run.provider);
  const whole = AbortSignal.timeout(budgets.run);
  const notes = await ports.notes(place);
  const question = {
    issue,
    feedback: run.feedback,
    notes,
    language: reading.language,
    facts: reading.facts,
  };
  const provider = ports.provider(run.provider);
  const iteration: Iteration = { begun, reading, question, provider, budgets, whole, writer, ports, enter };
  const check = await judge(iteration);
  const routed = await route(iteration, check);
  const reviewed = await review(iteration, check);
  await assign(iteration, check, routed, reviewed);
}

interface Failed {
  readonly stage: Stage;
  readonly error: unknown;
}

async function fail(
  { place, run }: Begun,
  writer: IterationWriter,
  { stage, error }: Failed,
  { store, report }: CompilePorts,
): Promise<Compiled> {
  const failure = failureOf(stage, error);
  report({
    runId: run.id,
    stage,
    cause: error,
    ...(error instanceof ProviderFailed && { provider: error.kind }),
  });
  try {
    await writer.finish({
      then: stage,
      events: [{ event: 'error', data: { ...failure } }],
      entries: runFailed(place.base, failure),
      also: [store.closed(place)],
      end: { status: 'FAILED' },
    });
    return 'failed';
  } catch (lost) {
    if (lost instanceof RunLost) return 'lost';
    throw lost;
  }
}

/** What is said of it: of a fault of ours no more than that it is one. */
const failureOf = (stage: Stage, error: unknown): RunFailure =>
  error instanceof ProviderFailed
    ? { stage, message: error.message, recoverable: error.recoverable }
    : { stage, message: 'Something went wrong on our side. It has been logged.', recoverable: false };
