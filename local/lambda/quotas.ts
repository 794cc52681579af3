import type { FunctionDefinition } from './definition';
import { Throttled } from './failure';

/** Quotas of an account. */
export interface Quotas {
  /** Calls that may be going on at once, over all functions. */
  readonly accountConcurrency: number;
  /** Environments that a function may have for tenants, busy or idle, for each 1,000 calls it may run at once. */
  readonly tenantEnvironments: number;
}

/** What Lambda gives every account. */
export const LAMBDA_QUOTAS: Quotas = { accountConcurrency: 1_000, tenantEnvironments: 2_500 };

/**
 * Counts the calls that are going on, and refuses at once those that are more than an account or a function may have: Lambda
 * lets nobody wait. A function's reserved concurrency bounds it here, and sets nothing aside: the quotas of a laptop may be
 * smaller than those that a stage was planned for.
 */
export class Concurrency {
  readonly #quotas: Quotas;

  readonly #running = new Map<string, number>();
  #inAll = 0;

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /** @returns what ends the call. @throws Throttled */
  enter({ name, reservedConcurrency: reserved }: FunctionDefinition): () => void {
    const running = this.#running.get(name) ?? 0;
    if (reserved !== undefined && running >= reserved) {
      throw new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#inAll >= this.#quotas.accountConcurrency) throw new Throttled('ConcurrentInvocationLimitExceeded');
    this.#inAll += 1;
    this.#running.set(name, running + 1);
    return () => {
      this.#inAll -= 1;
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    };
  }

  /** Environments that a function may have for tenants. */
  tenantEnvironmentsOf({ reservedConcurrency }: FunctionDefinition): number {
    const { accountConcurrency, tenantEnvironments } = this.#quotas;
    return Math.floor(((reservedConcurrency ?? accountConcurrency) * tenantEnvironments) / 1_000);
  }
}
