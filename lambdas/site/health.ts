import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/clock';

/** Milliseconds an answer of the store holds: a busy probe costs one call a second (contract: common, "Shared paths"). */
const KEPT_MS = 1_000;
/** Milliseconds the store has to answer. */
const PATIENCE_MS = 400;

/** Whether the store answers, asked at most once a second. */
export function storeProbe(db: DynamoDBDocumentClient, table: string, clock: Clock): () => Promise<boolean> {
  let kept: { readonly answer: Promise<boolean>; readonly until: number } | undefined;
  const ask = async (): Promise<boolean> => {
    const nobody = new GetCommand({ TableName: table, Key: { pk: 'HEALTH', sk: 'HEALTH' } });
    return db.send(nobody, { abortSignal: AbortSignal.timeout(PATIENCE_MS) }).then(
      () => true,
      () => false,
    );
  };
  return () => {
    const now = clock.now();
    if (!kept || kept.until <= now) kept = { answer: ask(), until: now + KEPT_MS };
    return kept.answer;
  };
}
