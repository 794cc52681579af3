import { ReplyBudget } from '../../platform/http/reply-bytes';
import type { ExecutionLog } from '../contract';
import { fewLines, shortened } from './execution-log';

/** Bytes of JSON that a body of a shortened log has at most. */
const SHORT_BODY_BYTES = 1_536;
/** Kept free for each log that is still to come: as much as a shortened one takes. */
const SHORT_BYTES = 5 * 1_024;

/**
 * Logs that one reply can carry, newest first: whole while there is room, then shortened. Where even that is too much the
 * oldest are missing, and `total` says how many are there (docs/contracts/functions.md#executionlog).
 */
export class LogList {
  readonly logs: ExecutionLog[] = [];
  isFull = false;
  readonly #budget = new ReplyBudget();

  /** @param toCome how many more there are */
  add(log: ExecutionLog, toCome: number): void {
    if (this.isFull || this.#take(log, toCome * SHORT_BYTES)) return;
    this.isFull = !this.#take(withoutMuch(log), 0);
  }

  #take(log: ExecutionLog, keptFree: number): boolean {
    if (!this.#budget.take(log, keptFree)) return false;
    this.logs.push(log);
    return true;
  }
}

function withoutMuch(log: ExecutionLog): ExecutionLog {
  return {
    ...log,
    requestBody: shortened(log.requestBody, { maxBytes: SHORT_BODY_BYTES }).kept,
    responseBody: shortened(log.responseBody, { maxBytes: SHORT_BODY_BYTES }).kept,
    logs: fewLines(log.logs),
  };
}
