import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface AdmissionLimits {
  readonly maxConnections: number;
  readonly maxViewers: number;
}

/** Connections beyond the limit that are told so; what comes beyond these is closed unheard, to keep descriptors. */
const OVERFLOW_CONNECTIONS = 1_000;

/** Counts who is there, so that those who are too many are told at once and not left waiting. */
export class Admission {
  readonly #limits: AdmissionLimits;

  /** Connections that came when there were enough. */
  readonly #overflow = new WeakSet<Duplex>();
  #connections = 0;
  #viewers = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Connections that may be open at all. */
  get hardLimit(): number {
    return this.#limits.maxConnections + OVERFLOW_CONNECTIONS;
  }

  connected(connection: Duplex): void {
    this.#connections += 1;
    if (this.#connections > this.#limits.maxConnections) this.#overflow.add(connection);
    connection.once('close', () => (this.#connections -= 1));
  }

  /** Whether a request may be answered. A stream that may counts until its answer is closed. */
  admits(request: IncomingMessage, response: ServerResponse, isStream: boolean): boolean {
    if (this.#overflow.has(request.socket)) return false;
    if (!isStream) return true;
    if (this.#viewers >= this.#limits.maxViewers) return false;
    this.#viewers += 1;
    response.once('close', () => (this.#viewers -= 1));
    return true;
  }
}
