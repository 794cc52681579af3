import type { Headers } from '../platform/auth/principal';
import { invalid } from '../platform/http/errors';

/** The header wins: it is what a reconnecting client sets, while the query stays what the page once wrote. */
export const lastEventIdOf = (headers: Headers, query: string | undefined): string | undefined =>
  headers['last-event-id'] ?? query;

/** Seq of the last event that a client says to have; undefined where it is none. */
export const seqIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/**
 * Where a client of a run or a task goes on (docs/contracts/invocations.md#reconnecting).
 * @throws AppError `VALIDATION_ERROR`
 */
export function seqAsked(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const seq = seqIn(text);
  if (seq === undefined) throw invalid('Last-Event-ID', 'Last-Event-ID must be a whole number, the seq of an event.');
  return seq;
}

/** @throws AppError `VALIDATION_ERROR` when nothing has that seq yet */
export function refuseBeyond({ id, lastSeq }: { readonly id: string; readonly lastSeq: number }, after: number): void {
  if (after <= lastSeq) return;
  throw invalid('Last-Event-ID', `Last-Event-ID must be at most ${lastSeq}, the newest seq of ${id}.`);
}
