import { seeded, type Random } from '../../support/random';
import { REPEAT, SEED } from './settings';

/** A test whose choices follow from the suite's seed; its failure says how to repeat them. */
export function seededTest(name: string, timeoutMs: number, work: (random: Random) => Promise<void>): void {
  test(
    name,
    async () => {
      try {
        await work(seeded(SEED, name));
      } catch (error) {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        throw new Error(`Seed ${SEED}. To repeat: ${REPEAT}\n${message}`, { cause: error });
      }
    },
    timeoutMs,
  );
}
