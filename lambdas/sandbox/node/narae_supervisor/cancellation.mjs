import { get } from './fetch.mjs';

const PERIOD_MS = 1_000;
/** Shorter than the period, so that an answer that hangs does not cost the next one its turn. */
const POLL_TIMEOUT_MS = 900;
const ANSWER_BYTES = 1024;

/** Learns that a run was cancelled: an address that answers 200 from then on is asked once a second, from 1 s on. */
export class Cancellation {
  #timer;

  /** @param url undefined: nobody will cancel */
  constructor(url, cancelled) {
    if (url === undefined) return;
    this.#timer = setInterval(() => {
      get(url, POLL_TIMEOUT_MS, ANSWER_BYTES).then(
        ({ status }) => status === 200 && this.#timer && cancelled(),
        () => undefined, // an answer that can't be had is not a cancel; the next poll comes
      );
    }, PERIOD_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
