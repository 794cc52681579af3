import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/time/clock';

/**
 * Milliseconds an answer of the store holds: a busy probe costs one call a second
 * (docs/contracts/common.md#shared-paths-public-no-credentials).
 */
const FRESH_MS = 1_000;
/** Milliseconds from the question for which an answer is given out while the store is asked again. */
const STALE_MS = 5_000;
/**
 * Milliseconds the store has to answer. Far more than it takes: the first call of a cold start opens a connection, and
 * who is busy is not unhealthy.
 */
const PATIENCE_MS = 2_000;

interface Answer {
  readonly healthy: boolean;
  readonly askedAt: number;
}

/**
 * Whether the store answers, asked at most once a second. After a good answer nobody waits for the next one, unless that
 * is due for long; after a bad one each caller who finds it older than a second does.
 * @param report is told why a caller hears that it is not healthy
 */
export function storeProbe(
  db: DynamoDBDocumentClient,
  table: string,
  clock: Clock,
  report: (cause: unknown) => void,
): () => Promise<boolean> {
  let last: Answer | undefined;
  let refreshedAt = -Infinity;
  let waiting: Promise<boolean> | undefined;

  const ask = async (failed: (cause: unknown) => void): Promise<boolean> => {
    const nobody = new GetCommand({ TableName: table, Key: { pk: 'HEALTH', sk: 'HEALTH' } });
    return db.send(nobody, { abortSignal: AbortSignal.timeout(PATIENCE_MS) }).then(
      () => true,
      (cause: unknown) => {
        failed(cause);
        return false;
      },
    );
  };

  /**
   * Nothing waits for it: when we have answered, Lambda may freeze us in the middle of it. A failure says nothing of the
   * store then, and only leaves the next caller to ask.
   */
  const refresh = async (askedAt: number): Promise<void> => {
    refreshedAt = askedAt;
    const healthy = await ask(() => undefined);
    if (last && last.askedAt < askedAt) last = healthy ? { healthy, askedAt } : undefined;
  };

  const wait = async (askedAt: number): Promise<boolean> => {
    const healthy = await ask(report);
    last = { healthy, askedAt };
    waiting = undefined;
    return healthy;
  };

  return async () => {
    const now = clock.now();
    if (last && now - last.askedAt < FRESH_MS) return last.healthy;
    if (last?.healthy && now - last.askedAt < STALE_MS) {
      if (now - refreshedAt >= FRESH_MS) void refresh(now);
      return true;
    }
    return (waiting ??= wait(now));
  };
}
