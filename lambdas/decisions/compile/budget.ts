import type { ProviderName } from '../model';
import { ProviderFailed, type Call } from '../providers/provider';

/** Milliseconds that a provider has, repair included (docs/contracts/decisions.md#provider-port and #events). */
export interface Budgets {
  readonly initial: number;
  readonly review: number;
  readonly card: number;
  readonly run: number;
}

const MODEL: Budgets = { initial: 8_000, review: 8_000, card: 5_000, run: 25_000 };
/** Rules compute at once; what takes time is to store what they say. */
const RULES: Budgets = { initial: 40_000, review: 40_000, card: 40_000, run: 45_000 };

export const budgetsOf = (provider: ProviderName): Budgets => (provider === 'rules' ? RULES : MODEL);

/**
 * Asks a provider, and no longer waits when its time is over: what it then still says goes nowhere.
 * @param whole ends when the run's own time is over, or the run is lost
 * @throws ProviderFailed, or what `ask` throws
 */
export async function withinBudget<T>(
  ms: number,
  whole: AbortSignal,
  ask: (call: Pick<Call, 'signal'>) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, whole]);
  const late = (): ProviderFailed =>
    new ProviderFailed(
      whole.aborted ? 'The run took longer than it may' : `The provider took longer than ${ms / 1000} seconds`,
      { kind: 'timeout', recoverable: true },
    );
  const timer = setTimeout(() => own.abort(), ms);
  try {
    return await new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(late());
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      ask({ signal }).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    // Whoever asked several at once and got one failure wants no more of the others.
    own.abort();
  }
}
