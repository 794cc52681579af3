/** Both are taken for right that differ by less: the store tells whole seconds, and its answers take their time. */
const TOLERATED_MS = 5_000;

/**
 * The time of the store, which all functions have in common: deadlines are written by one machine and kept by another, so
 * that a wrong clock would end runs that go on, or leave open what is lost. A clock that is right to the second is left
 * alone; one that is not goes by what the store's answers say (header `Date`).
 */
export class StoreTime {
  /** What the machine takes for the time, epoch ms. */
  readonly machine: () => number;
  #wrongByMs = 0;

  constructor(machine: () => number) {
    this.machine = machine;
  }

  readonly now = (): number => this.machine() - this.#wrongByMs;

  /**
   * Notes an answer of the store.
   * @param date its header `Date`
   * @param sentAt when the machine took the request to be sent, epoch ms
   */
  note(date: string, sentAt: number): void {
    const answeredAt = this.machine();
    const toldMs = Date.parse(date);
    // An answer that was long under way, or found this process frozen, says nothing about now.
    if (Number.isNaN(toldMs) || answeredAt - sentAt > TOLERATED_MS) return;
    const wrongByMs = (sentAt + answeredAt) / 2 - (toldMs + 500);
    if (Math.abs(wrongByMs - this.#wrongByMs) <= TOLERATED_MS) return;
    this.#wrongByMs = Math.abs(wrongByMs) <= TOLERATED_MS ? 0 : Math.round(wrongByMs);
  }
}

/** The one of this process. */
export const storeTime = new StoreTime(() => Date.now());
