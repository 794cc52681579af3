import { encodeEvent, type StoredEvent } from '../events/event';
import type { Run } from '../run/run';
import type { RunChange, RunStore } from './run-store';

/** Milliseconds that log lines wait for others before they are written together: delivery stays live, writes stay few. */
const FLUSH_AFTER_MS = 25;
/** Stored bytes of waiting lines that are written at once; an item holds 400 KB at most. */
const FLUSH_BYTES = 128 * 1024;

/**
 * Writes the event log of one run, as the one attempt that holds it. Log lines are coalesced; writes never overlap.
 * Once a write is refused (StaleAttempt) every later one is too.
 */
export class RunWriter {
  readonly #store: RunStore;
  #run: Run;
  #waiting: StoredEvent[] = [];
  /** What the record is to say when the events that wait are written. */
  #change: RunChange = {};
  #waitingBytes = 0; // as stored: escapes can make a line six times as long
  #timer: NodeJS.Timeout | undefined;
  #writes: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;
  #finishing = false;
  readonly #onFailure: () => void;

  /** @param onFailure called once when a write in the background failed; `finish` will throw what it threw */
  constructor(store: RunStore, run: Run, onFailure: () => void) {
    this.#store = store;
    this.#run = run;
    this.#onFailure = onFailure;
  }

  get run(): Run {
    return this.#run;
  }

  /** Takes events, and what changes with them; they are written within a few milliseconds. */
  add(events: readonly StoredEvent[], change: RunChange = {}): void {
    this.#change = { ...this.#change, ...change };
    this.#waiting.push(...events);
    for (const event of events) this.#waitingBytes += storedBytes(event);
    this.#flushSoon(this.#waitingBytes >= FLUSH_BYTES ? 0 : FLUSH_AFTER_MS);
  }

  /** Writes what waits and the given end in one go. @throws StaleAttempt, AppError */
  async finish(events: readonly StoredEvent[], change: RunChange): Promise<Run> {
    // From here on nothing is written but what this call writes: two writes at once would know the same place in the log.
    this.#finishing = true;
    clearTimeout(this.#timer);
    await this.#writes;
    while (this.#waitingBytes > FLUSH_BYTES && !this.#failed) await this.#flush();
    if (this.#failed) throw this.#failed.error;
    this.#run = await this.#store.append(this.#run, [...this.#take(), ...events], { ...this.#takeChange(), ...change });
    return this.#run;
  }

  #flushSoon(afterMs: number): void {
    if (this.#finishing || (this.#timer && afterMs > 0)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writes = this.#writes.then(() => this.#flush());
    }, afterMs);
  }

  async #flush(): Promise<void> {
    if (this.#failed || this.#waiting.length === 0) return;
    try {
      this.#run = await this.#store.append(this.#run, this.#take(), this.#takeChange());
      if (this.#waiting.length > 0) this.#flushSoon(FLUSH_AFTER_MS);
    } catch (error) {
      this.#failed = { error };
      this.#onFailure();
    }
  }

  #takeChange(): RunChange {
    const change = this.#change;
    this.#change = {};
    return change;
  }

  /** At most FLUSH_BYTES and one line. */
  #take(): StoredEvent[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < FLUSH_BYTES) {
      const event = this.#waiting[count];
      bytes += event ? storedBytes(event) : 0;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}

const storedBytes = (event: StoredEvent): number => Buffer.byteLength(encodeEvent(event));
