import type { Invocation } from '../../support/shapes';
import type { FaultSystem } from '../support/fault-system';
import type { Random } from '../../support/random';

/** One kind of fault. */
export interface Scenario {
  readonly name: string;
  /** Starts runs and lets things go wrong. @returns the ids of all runs that were accepted (202) */
  readonly act: (system: FaultSystem, random: Random) => Promise<string[]>;
  /** Lost runs may end so much later, because what ends them was away itself. Milliseconds. */
  readonly reaperAwayMs?: number;
  /** What must hold of how they ended, beside what holds of all runs. */
  readonly check?: (ended: readonly Invocation[], system: FaultSystem) => void | Promise<void>;
}

/** What a scenario did, for who watches. */
export const say = (text: string): void => void process.stderr.write(`[faults] ${text}\n`);

export const count = (ended: readonly Invocation[]): string => {
  const kinds = new Map<string, number>();
  for (const { status, errorType } of ended) {
    const kind = errorType ?? status;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, runs]) => `${runs} ${kind}`).join(', ');
};
