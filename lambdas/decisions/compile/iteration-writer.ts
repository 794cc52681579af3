import { setTimeout } from 'node:timers/promises';
import type { Log, NewEvent } from '../../engine';
import { transact, type Write } from '../../platform/dynamo/transact';
import { DECISION_LOG } from '../limits';
import type { RunRecord, Stage } from '../model';
import { lastWordsAt } from '../runs/lost-run';
import type { AuditHead, DecisionPlace, NewEntry } from '../store/audit';
import type { CompilePorts } from './ports';

/** One step of an iteration: all of it is stored, or nothing. */
export interface Step {
  /** The stage that goes on after it: where the run is lost if nothing comes. */
  readonly then: Stage;
  readonly events: readonly NewEvent[];
  readonly entries?: readonly NewEntry[];
  /** Further writes of the same transaction. */
  readonly also?: readonly Write[];
  /** What becomes of the run: it is the iteration's last step. */
  readonly end?: { readonly status: 'COMPLETED' | 'FAILED'; readonly cardId?: string };
}

/** The iteration as its worker holds it. */
export interface Held {
  readonly place: DecisionPlace;
  readonly run: RunRecord;
  readonly log: Log;
  readonly head: AuditHead;
}

/** The run was ended, or has gone on, without this worker: what it still has to say is nobody's. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

interface Waiting {
  readonly step: Step;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

/** Of steps that are stored together: a transaction has 100 items, and an entry of the audit log is two of them. */
const MOST = { bytes: 200_000, entries: 20, steps: 50 } as const;
const TRIES = 5;
const WAIT_MS = 100;

/**
 * Writes the steps of an iteration, one after the other: events, entries of the audit log and what changes with them in one
 * transaction, under the condition that this worker holds the run and nobody has added to the log. Steps that come while
 * one is being stored are stored together (docs/adr/0032-fenced-decision-runs.md).
 */
export class IterationWriter {
  readonly #ports: Pick<CompilePorts, 'db' | 'clock' | 'store' | 'audit' | 'logs'>;
  #held: Held;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #isFinished = false;
  /** Of a step that nobody waited for. */
  #failure: { readonly error: unknown } | undefined;

  constructor(held: Held, ports: Pick<CompilePorts, 'db' | 'clock' | 'store' | 'audit' | 'logs'>) {
    this.#held = held;
    this.#ports = ports;
  }

  /** Resolves once the step is stored. @throws RunLost, or AppError when the store fails */
  async add(step: Step): Promise<void> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    await new Promise<void>((stored, failed) => this.#enqueue({ step, stored, failed }));
  }

  /** Stores an iteration's end whatever became of the steps before, and takes no more. @throws as `add` */
  async finish(step: Step): Promise<void> {
    this.#isFinished = true;
    await new Promise<void>((stored, failed) => this.#enqueue({ step, stored, failed }));
  }

  /** Has the step stored without waiting for it; if that fails, the next `add` does. */
  push(step: Step): void {
    if (this.#isFinished) return;
    const failed = (error: unknown): void => {
      this.#failure ??= { error };
    };
    this.#enqueue({ step, stored: () => undefined, failed });
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // What is added at the same moment goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, fitting(this.#waiting.map(({ step }) => step)));
      try {
        await this.#store(batch.map(({ step }) => step));
        for (const { stored } of batch) stored();
      } catch (error) {
        // What comes after it must not be stored without it.
        for (const { failed } of [...batch, ...this.#waiting.splice(0)]) failed(error);
      }
    }
    this.#isWriting = false;
  }

  async #store(steps: readonly Step[]): Promise<void> {
    for (let turn = 1; ; turn += 1) {
      let after: Held | undefined;
      try {
        const step = this.#writesOf(steps);
        ({ after } = step);
        await transact(this.#ports.db, step.writes);
        this.#held = after;
        return;
      } catch (error) {
        if (await this.#isStored(after)) return;
        if (turn === TRIES) throw error;
        await setTimeout(Math.random() * WAIT_MS * turn);
      }
    }
  }

  #writesOf(steps: readonly Step[]): { readonly writes: Write[]; readonly after: Held } {
    const { clock, store, audit, logs } = this.#ports;
    const { place, run, log, head } = this.#held;
    const now = clock.now();
    const { then, end } = steps.at(-1) ?? {};
    const events = steps.flatMap((step) => step.events);
    const entries = steps.flatMap((step) => step.entries ?? []);
    const grown = logs.continued(log, events, now, {
      end: end !== undefined,
      ...(then && { lastWords: lastWordsAt(then) }),
    });
    const audited = audit.added(place, head, entries, now);
    const writes = [
      ...grown.writes,
      end ? store.runChanged(place.base, run, end, now) : store.runHeld(place.base, run),
      ...audited.writes,
      ...steps.flatMap((step) => step.also ?? []),
    ];
    return { writes, after: { place, run: { ...run, ...end }, log: grown.log, head: audited.head } };
  }

  /**
   * After a write that failed: whether it was stored for all that, so that the iteration is where it was to be. Otherwise the audit log, to which others may have added,
   * is read anew.
   * @throws RunLost
   */
  async #isStored(after: Held | undefined): Promise<boolean> {
    const { clock, store, audit, logs } = this.#ports;
    const { place, run, log } = this.#held;
    const [runNow, logNow, head] = await Promise.all([
      store.run(place),
      logs.find(DECISION_LOG, run.id, clock.now()),
      audit.head(place),
    ]);
    const isMine = runNow?.attempt === run.attempt && runNow.feedbackIteration === run.feedbackIteration;
    if (!isMine || !logNow) throw new RunLost(`Run ${run.id} goes on without this worker.`);
    if (after && isAt(after, runNow, logNow)) {
      this.#held = { ...after, head };
      return true;
    }
    if (!isAt(this.#held, runNow, logNow)) throw new RunLost(`Run ${run.id} was ended by somebody else.`);
    this.#held = { place, run, log, head };
    return false;
  }
}

const isAt = ({ run, log }: Held, runNow: RunRecord, logNow: Log): boolean =>
  run.status === runNow.status && log.lastSeq === logNow.lastSeq && log.over === logNow.over;

/** How many of the first steps go into one transaction. */
function fitting(steps: readonly Step[]): number {
  let [bytes, entries, count] = [0, 0, 0];
  for (const step of steps) {
    bytes += step.events.reduce((sum, { data }) => sum + Buffer.byteLength(JSON.stringify(data)), 0);
    entries += step.entries?.length ?? 0;
    if (count > 0 && (bytes > MOST.bytes || entries > MOST.entries || count === MOST.steps)) break;
    count += 1;
    // Nothing follows an end, and what changes other things is not mixed with others' changes of the same.
    if (step.end || step.also) break;
  }
  return count;
}
