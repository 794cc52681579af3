import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { PASS, type Exchange, type Fate } from './fault-proxy';
import type { Random } from '../../support/random';

const INVOKE = /^\/2015-03-31\/functions\/[^/?]+\/invocations/;
const TO_SANDBOX = /^\/2021-11-15\/functions\/[^/?]+\/response-streaming-invocations/;

const FULL: Fate = {
  kind: 'answer',
  status: 429,
  type: 'application/json',
  body: JSON.stringify({
    __type: 'TooManyRequestsException',
    Reason: 'ConcurrentInvocationLimitExceeded',
    message: 'Rate Exceeded.',
  }),
};

/** What stands between the functions and the Lambda service: delivers messages again, and counts what is started. */
export class LambdaFront {
  readonly #service: string;
  readonly #starts = new Map<string, number>();
  #duplicating: Random | undefined;
  #isFull = false;
  /** Invokes of sandboxes that were refused. */
  refusals = 0;
  /** Messages that were delivered once more, or twice more. */
  duplicates = 0;

  /** @param service address of the Lambda service */
  constructor(service: string) {
    this.#service = service;
  }

  /** From now on every asynchronous message is delivered two or three times; undefined for once, as it should be. */
  duplicate(random: Random | undefined): void {
    this.#duplicating = random;
  }

  /** From now on no sandbox is to be had, as on an account whose concurrency is used up. */
  fill(isFull: boolean): void {
    this.#isFull = isFull;
  }

  /** How often a run was handed to a sandbox. */
  startsOf(runId: string): number {
    return this.#starts.get(runId) ?? 0;
  }

  async decide(exchange: Exchange): Promise<Fate> {
    if (TO_SANDBOX.test(exchange.url)) {
      if (this.#isFull) {
        this.refusals += 1;
        return FULL;
      }
      this.#countStart(exchange.body);
    }
    const random = this.#duplicating;
    if (random && INVOKE.test(exchange.url) && exchange.headers['x-amz-invocation-type'] === 'Event') {
      const more = random.whole(1, 2);
      for (let copy = 0; copy < more; copy += 1) await this.#deliver(exchange);
      this.duplicates += more;
    }
    return PASS;
  }

  #countStart(body: Buffer): void {
    // Not parsed: it may hold megabytes, and this is its first field.
    const id = /"runId":"(inv-[0-9A-Z]{26})"/.exec(body.toString('latin1', 0, 200))?.[1];
    if (id !== undefined) this.#starts.set(id, this.startsOf(id) + 1);
  }

  async #deliver({ method, url: path, headers, body }: Exchange): Promise<void> {
    const { hostname, port } = new URL(this.#service);
    const request = httpRequest({ hostname, port, method, path, headers });
    request.end(body);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
  }
}
