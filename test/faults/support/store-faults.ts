import type { Random } from '../../support/random';
import { PASS, type Exchange, type Fate } from './fault-proxy';
import { kill, workerAt } from './workers';

/** Where the worker of one run dies, be it the runner or the decider: at its n-th write, before that arrives or when its answer is under way. */
export interface KillPlan {
  readonly write: number;
  readonly moment: 'before' | 'after';
  /** How many workers of the run die so, one after the other. */
  readonly times: number;
}

interface Planned {
  readonly plan: KillPlan;
  killed: number;
  /** Writes of each worker so far. */
  readonly writes: Map<number, number>;
}

const WRITES = ['PutItem', 'UpdateItem', 'TransactWriteItems'].map((name) => `DynamoDB_20120810.${name}`);
const RUN_ID = /(?:inv-|DECISION#)[0-9A-HJKMNP-TV-Z]{26}/;
const NAME = /"handler":\{"S":"\w+\.(run_\d+)"|"title":\{"S":"(decision_\d+)"/;
/** Functions that take a run from its start to its end. */
const TAKE_RUNS = ['runner', 'decisions-decider'];

/** Calls of one function's workers that are refused for good. */
export interface Refusal {
  /** Name of the function without the stage, e.g. `runner`. */
  readonly to: string;
  readonly service: 'dynamodb' | 's3';
  readonly how: 'denied' | 'throttled';
}

/** What can go wrong between the functions and the store; the decision of the proxy that stands there. */
export class StoreFaults {
  #throttled: { readonly random: Random; readonly fraction: number } | undefined;
  readonly #planned = new Map<string, Planned>();
  #refusal: Refusal | undefined;
  /** Calls while some were refused, and those that were. */
  readonly throttling = { calls: 0, refused: 0 };

  throttle(random: Random, fraction: number): void {
    this.#throttled = { random, fraction };
  }

  unthrottle(): void {
    this.#throttled = undefined;
  }

  /** From now on calls are refused, however often they are tried; undefined for none. */
  refuse(refusal: Refusal | undefined): void {
    this.#refusal = refusal;
  }

  /** Plans the death of the workers of a run by its handler, or its issue's title: a run's first write already carries them. */
  killAt(name: string, plan: KillPlan): void {
    this.#planned.set(name, { plan, killed: 0, writes: new Map() });
  }

  /** How many workers died by the plan for this name. */
  killed(name: string): number {
    return this.#planned.get(name)?.killed ?? 0;
  }

  decide(exchange: Exchange): Fate {
    const target = exchange.headers['x-amz-target'];
    const operation = typeof target === 'string' ? target : '';
    const toS3 = /s3\/aws4_request/.test(exchange.headers.authorization ?? '');
    if ((toS3 || operation.startsWith('DynamoDB_')) && this.#isRefused()) {
      return toS3 ? SLOW_DOWN : THROUGHPUT_EXCEEDED;
    }
    const refused = this.#refusalOf(exchange, toS3 ? 's3' : operation.startsWith('DynamoDB_') ? 'dynamodb' : undefined);
    if (refused) return refused;
    const isWrite = WRITES.includes(operation) || (toS3 && exchange.method === 'PUT');
    return isWrite && this.#planned.size > 0 ? this.#killAtBoundary(exchange) : PASS;
  }

  #isRefused(): boolean {
    if (!this.#throttled) return false;
    const { random, fraction } = this.#throttled;
    const refused = random.chance(fraction);
    this.throttling.calls += 1;
    if (refused) this.throttling.refused += 1;
    return refused;
  }

  #refusalOf({ connection }: Exchange, service: Refusal['service'] | undefined): Fate | undefined {
    const refusal = this.#refusal;
    if (refusal?.service !== service || workerAt(connection)?.name !== refusal?.to) return undefined;
    return refusal && REFUSALS[refusal.service][refusal.how];
  }

  #killAtBoundary(exchange: Exchange): Fate {
    const planned = this.#planOf(exchange);
    if (!planned || planned.killed >= planned.plan.times) return PASS;
    const worker = workerAt(exchange.connection);
    if (!worker || !TAKE_RUNS.includes(worker.name)) return PASS;
    const writes = (planned.writes.get(worker.pid) ?? 0) + 1;
    planned.writes.set(worker.pid, writes);
    if (writes !== planned.plan.write || !kill(worker)) return PASS;
    planned.killed += 1;
    return { kind: 'cut', moment: planned.plan.moment };
  }

  /** The record that creates a run has the name that its faults are planned by; everything later names the run. */
  #planOf({ url, body }: Exchange): Planned | undefined {
    const text = `${url} ${body.toString('latin1')}`;
    const id = RUN_ID.exec(text)?.[0];
    if (id === undefined) return undefined;
    const [, handler, title] = NAME.exec(text) ?? [];
    const planned = this.#planned.get(handler ?? title ?? '');
    if (planned) this.#planned.set(id, planned);
    return this.#planned.get(id);
  }
}

const THROUGHPUT_EXCEEDED: Fate = {
  kind: 'answer',
  status: 400,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
};

const SLOW_DOWN: Fate = {
  kind: 'answer',
  status: 503,
  type: 'application/xml',
  body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
};

const DENIED: Fate = {
  kind: 'answer',
  status: 400,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({
    __type: 'com.amazon.coral.service#AccessDeniedException',
    message: 'User is not authorized to perform this action, because no identity-based policy allows it',
  }),
};

const S3_DENIED: Fate = {
  kind: 'answer',
  status: 403,
  type: 'application/xml',
  body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
};

const REFUSALS: Readonly<Record<Refusal['service'], Readonly<Record<Refusal['how'], Fate>>>> = {
  dynamodb: { denied: DENIED, throttled: THROUGHPUT_EXCEEDED },
  s3: { denied: S3_DENIED, throttled: SLOW_DOWN },
};
