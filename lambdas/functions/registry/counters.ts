import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type RunCounts, readRunCounts } from '../../engine';
import { inGroups } from '../../platform/in-groups';
import type { Clock } from '../../platform/time/clock';

/** Partitions of counters that are read at the same time. */
const AT_ONCE = 16;

export const NOTHING: RunCounts = { invocations: 0, errors: 0, durationMs: 0 };

/** Counts of functions over the last 24 hours (docs/contracts/functions.md#counters). */
export class Counters {
  readonly #db: DynamoDBDocumentClient;
  readonly #runsTable: string;
  readonly #clock: Clock;

  constructor(db: DynamoDBDocumentClient, runsTable: string, clock: Clock) {
    this.#db = db;
    this.#runsTable = runsTable;
    this.#clock = clock;
  }

  of(workspace: string, functionId: string): Promise<RunCounts> {
    return readRunCounts(this.#db, this.#runsTable, workspace, functionId, this.#clock.now());
  }

  /** Counts in the order of the ids: one query each, some at the same time. */
  ofAll(workspace: string, functionIds: readonly string[]): Promise<RunCounts[]> {
    return inGroups(functionIds, AT_ONCE, (id) => this.of(workspace, id));
  }

  async sum(workspace: string, functionIds: readonly string[]): Promise<RunCounts> {
    return (await this.ofAll(workspace, functionIds)).reduce(add, NOTHING);
  }
}

const add = (a: RunCounts, b: RunCounts): RunCounts => ({
  invocations: a.invocations + b.invocations,
  errors: a.errors + b.errors,
  durationMs: a.durationMs + b.durationMs,
});
