import type { RouteTable } from '../gateway/routes';
import { messageOf } from '../process/errors';

export interface WarmUpOptions {
  /** Origin of the HTTP API. */
  readonly api: string;
  readonly routes: RouteTable;
  /** Functions with an address of their own, by that address. */
  readonly urls: readonly string[];
  /** Told of a call that was not answered. */
  readonly report: (message: string) => void;
}

/** How long a start waits for it, ms; the rest goes on behind it. */
const START_WAITS_MS = 2_000;
/** For one call, with the start of its environment on a busy machine, ms. */
const CALL_LIMIT_MS = 20_000;

/**
 * Asks every function of the HTTP API for what a GET without parameters gets, so that the first callers find environments
 * that run, with their secrets read and their connections open. What is answered does not matter: 401 warms as well.
 */
export class WarmUp {
  readonly #abort = new AbortController();
  readonly #done: Promise<unknown>;

  constructor({ api, routes, urls, report }: WarmUpOptions) {
    const ways = [...routes.plainPaths().values()].map((paths) => paths.map((path) => api + path));
    // One after the other within a function: at once they would start an environment each.
    const all = [...ways, ...urls.map((url) => [url])].map(async (addresses) => {
      for (const address of addresses) await this.#ask(address);
    });
    this.#done = Promise.all(all).catch((error: unknown) => {
      if (!this.#abort.signal.aborted) report(`A function was not warmed up: ${messageOf(error)}`);
    });
  }

  /** Until all have answered, or for so long as a start may be held up. */
  async wait(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, START_WAITS_MS)));
    await Promise.race([this.#done, late]);
    clearTimeout(timer);
  }

  /** Leaves the rest cold. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #ask(address: string): Promise<void> {
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(CALL_LIMIT_MS)]);
    const response = await fetch(address, { redirect: 'manual', signal });
    await response.arrayBuffer();
  }
}
