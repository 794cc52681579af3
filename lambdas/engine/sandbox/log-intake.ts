import type { StoredEvent } from '../events/event';
import type { Frame } from './frames';
import { LIMITS } from '../run/limits';
import { cutToBytes } from '../../platform/text';

/** Says in the log that there was more (docs/contracts/invocations.md#limits). */
const DROPPED = 'Output dropped: this run has written more than 1 MiB or 10000 lines.';

/**
 * Turns log frames into events within the limits of one run. The supervisor keeps the same limits; here they are kept
 * again, because what comes from beside user code is not trusted.
 */
export class LogIntake {
  #lines = 0;
  #bytes = 0;
  #dropping = false;
  #truncated = false;
  #tail: string[] = [];

  /** Something was cut or dropped. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** The last lines, oldest first. */
  get tail(): string[] {
    return this.#tail;
  }

  take(frame: Extract<Frame, { t: 'log' | 'dropped' }>, now: number): StoredEvent[] {
    if (this.#dropping) return [];
    if (frame.t === 'dropped') return [this.#drop(now)];
    const events: StoredEvent[] = [];
    for (const [index, raw] of frame.l.entries()) {
      const line = cutToBytes(raw, LIMITS.logLineBytes);
      const bytes = Buffer.byteLength(line);
      if (this.#lines + 1 > LIMITS.logLines || this.#bytes + bytes > LIMITS.logBytes) {
        events.push(this.#drop(now));
        return events;
      }
      this.#lines += 1;
      this.#bytes += bytes;
      const cut = frame.cut.includes(index) || line.length < raw.length;
      this.#truncated ||= cut;
      this.#remember(line);
      const stream = frame.s === 'stdout' ? 'o' : 'e';
      events.push(cut ? ['L', now, stream, line, 1] : ['L', now, stream, line]);
    }
    return events;
  }

  #drop(now: number): StoredEvent {
    this.#dropping = true;
    this.#truncated = true;
    this.#remember(DROPPED);
    return ['L', now, 'e', DROPPED];
  }

  #remember(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > LIMITS.logsTailLines) this.#tail.shift();
  }
}
