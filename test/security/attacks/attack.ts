import type { ParsedStream } from '../../support/raw-sse';
import type { Invocation } from '../../support/shapes';

export type Language = 'python' | 'node';
/** How a run can end, by the contract: completed, or with one of its error types. */
export type Ending = 'COMPLETED' | NonNullable<Invocation['errorType']>;

/** What came of an attack: what the record says, and what a viewer was sent. */
export interface Outcome {
  readonly record: Invocation;
  readonly stream: ParsedStream;
  /** JSON that the handler returned; undefined where it returned none. */
  readonly value: unknown;
}

/**
 * User code that tries to do harm, as data: the tests run it against a system of their own and look at the machine too,
 * `npm run selftest` runs it against any stage.
 */
export interface Attack {
  readonly name: string;
  /** A file with a `handler`. Its event is an `AttackEvent`. A language that has no such attack is left out. */
  readonly code: { readonly [language in Language]?: string };
  /** Endings that the contract allows. */
  readonly ends: readonly Ending[];
  /** Default 10000. */
  readonly timeoutMs?: number;
  /** Default 256. */
  readonly memoryMb?: number;
  /** What the code must have returned, wherever it runs: what it found, for one that looks for something. */
  readonly returns?: unknown;
  /**
   * The same where user code is behind walls of its own (namespaces), beyond those of a Lambda environment. On Lambda
   * it may find what docs/security.md says.
   */
  readonly walledReturns?: unknown;
  /** Endings that are allowed on Lambda besides: user code can end its own supervisor there, or use up its environment. */
  readonly endsOnLambda?: readonly Ending[];
  /** Says what is wrong with the outcome, or undefined. */
  readonly check?: (outcome: Outcome, walled: boolean) => string | undefined;
}

/** What every attack is given. */
export interface AttackEvent {
  /** In the name of each file, and in the command line of each process, that an attack leaves: what is looked for after it. */
  readonly mark: string;
  /** Files of the machine with a canary in them; none on a stage that is elsewhere. */
  readonly files: readonly string[];
  /** Ports of 127.0.0.1 that something listens on. */
  readonly ports: readonly number[];
}

export const MIB = 1024 * 1024;

/** A check that a number the handler returned is within bounds. */
export const atMost =
  (most: number, what: string): NonNullable<Attack['check']> =>
  ({ value }, walled) =>
    walled && typeof value === 'number' && value > most ? `${what}: ${value}, more than ${most}` : undefined;
