import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { LogStore, NewLog } from '../../engine';
import { readItem } from '../../platform/dynamo/read-item';
import { setFields } from '../../platform/dynamo/set-fields';
import { transact, versionedWrite, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { cardKey, compiledKey, issueKey, issuesPartition, OPEN_RUNS, runKey } from '../keys';
import { DECISION_LOG } from '../limits';
import { CardRecord, IssueRecord, RunRecord } from '../model';
import { NO_ENTRIES, type AuditLog, type DecisionPlace, type NewEntry } from './audit';
import { CompiledRecord } from './compiled';

/** A run that is not at its end. */
export interface OpenRun extends DecisionPlace {
  /** Epoch ms since when. */
  readonly since: number;
}

/** What is begun: an issue, its run, the run's log of events and the first entries of the audit log. */
export interface NewDecision {
  readonly base: string;
  readonly issue: IssueRecord;
  readonly run: RunRecord;
  /** With which the log of events ends if nobody takes the run up. */
  readonly deadline: NonNullable<NewLog['deadline']>;
  readonly entries: readonly NewEntry[];
}

/** In the list of a workspace: what the list is filtered by, so that texts are read of those that are shown alone. */
const listed = (base: string, { submitterId, status }: IssueRecord) => ({ base, submitterId, status });

/**
 * Issues, runs and cards in the entities table. Whatever changes several things is one transaction: the methods that are
 * named after a change return its writes, and who makes the change puts them together with others'.
 */
export class DecisionStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #logs: LogStore;
  readonly #audit: AuditLog;

  constructor(db: DynamoDBDocumentClient, table: string, logs: LogStore, audit: AuditLog) {
    this.#db = db;
    this.#table = table;
    this.#logs = logs;
    this.#audit = audit;
  }

  issue({ workspace, base }: DecisionPlace): Promise<IssueRecord | undefined> {
    return this.#read(IssueRecord, issueKey(workspace, base));
  }

  run({ workspace, base }: DecisionPlace): Promise<RunRecord | undefined> {
    return this.#read(RunRecord, runKey(workspace, base));
  }

  card({ workspace, base }: DecisionPlace): Promise<CardRecord | undefined> {
    return this.#read(CardRecord, cardKey(workspace, base));
  }

  compiled({ workspace, base }: DecisionPlace): Promise<CompiledRecord | undefined> {
    return this.#read(CompiledRecord, compiledKey(workspace, base));
  }

  async #read<S extends z.ZodType>(schema: S, key: Record<string, string>): Promise<z.output<S> | undefined> {
    const item = await readItem(this.#db, this.#table, key);
    return item && schema.parse(item);
  }

  /** @param also further writes of the same transaction */
  async create({ base, issue, run, deadline, entries }: NewDecision, also: readonly Write[] = []): Promise<void> {
    const { workspace, createdAt } = issue;
    await transact(this.#db, [
      this.#new({ ...issueKey(workspace, base), ...issue }),
      this.#new({ pk: issuesPartition(workspace), sk: base, ...listed(base, issue) }),
      this.#new({ ...runKey(workspace, base), ...run }),
      this.opened({ workspace, base }, createdAt),
      this.#logs.created({ kind: DECISION_LOG, id: run.id, workspace, deadline }, [], createdAt),
      ...this.#audit.added({ workspace, base }, NO_ENTRIES, entries, createdAt).writes,
      ...also,
    ]);
  }

  #new(Item: Record<string, unknown>): Write {
    const put = { TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' };
    return { item: { Put: put }, refused: () => new WriteConflict('the id of a decision') };
  }

  /** The run is looked after until it is `closed`. */
  opened({ workspace, base }: DecisionPlace, now: number): Write {
    const Item = { pk: OPEN_RUNS, sk: `${workspace}#${base}`, workspace, base, since: now };
    return { item: { Put: { TableName: this.#table, Item } }, refused: () => new WriteConflict('open runs') };
  }

  closed({ workspace, base }: DecisionPlace): Write {
    const Key = { pk: OPEN_RUNS, sk: `${workspace}#${base}` };
    return { item: { Delete: { TableName: this.#table, Key } }, refused: () => new WriteConflict('open runs') };
  }

  /** Changes a run that is still as it was read: with its status, iteration and attempt, which each change of it moves. */
  runChanged(base: string, before: RunRecord, fields: Partial<RunRecord>, now: number): Write {
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...sets } = setFields({ ...fields, updatedAt: now });
    const held = heldRun(before);
    const update = {
      TableName: this.#table,
      Key: runKey(before.workspace, base),
      ...sets,
      ConditionExpression: held.ConditionExpression,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, ...held.ExpressionAttributeNames },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ...held.ExpressionAttributeValues },
    };
    return { item: { Update: update }, refused: () => new WriteConflict('the run') };
  }

  /** Nothing is written unless the run is still as it was read. */
  runHeld(base: string, before: RunRecord): Write {
    const check = { TableName: this.#table, Key: runKey(before.workspace, base), ...heldRun(before) };
    return { item: { ConditionCheck: check }, refused: () => new WriteConflict('the run') };
  }

  /** Changes an issue whose status is still as it was read, and its place in the list. */
  issueChanged(
    base: string,
    before: IssueRecord,
    fields: Partial<Pick<IssueRecord, 'status' | 'riskTier'>>,
    now: number,
  ): Write[] {
    const { ExpressionAttributeNames, ExpressionAttributeValues, ...sets } = setFields({ ...fields, updatedAt: now });
    const update = {
      TableName: this.#table,
      Key: issueKey(before.workspace, base),
      ...sets,
      ConditionExpression: '#status = :heldStatus',
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#status': 'status' },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':heldStatus': before.status },
    };
    const changed: Write = { item: { Update: update }, refused: () => new WriteConflict('the issue') };
    const { status = before.status } = fields;
    if (status === before.status) return [changed];
    const Key = { pk: issuesPartition(before.workspace), sk: base };
    return [
      changed,
      {
        item: { Update: { TableName: this.#table, Key, ...setFields({ status }) } },
        refused: () => new WriteConflict('the list of issues'),
      },
    ];
  }

  /**
   * The card as it shall be. Its `version` is what this write makes it: one more than that which was read.
   * @param before undefined for a new one
   */
  cardWritten({ workspace, base }: DecisionPlace, before: CardRecord | undefined, after: CardRecord): Write {
    return versionedWrite(this.#table, cardKey(workspace, base), before, after, 'the card');
  }

  /** Nothing is written unless the card is still as it was read, or is still not there. */
  cardHeld({ workspace, base }: DecisionPlace, before: CardRecord | undefined): Write {
    const held = before
      ? {
          ConditionExpression: '#version = :held',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':held': before.version },
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    const check = { TableName: this.#table, Key: cardKey(workspace, base), ...held };
    return { item: { ConditionCheck: check }, refused: () => new WriteConflict('the card') };
  }

  /** What an iteration has found, in place of what the one before had. */
  compiledWritten({ workspace, base }: DecisionPlace, compiled: CompiledRecord): Write {
    const Item = { ...compiledKey(workspace, base), ...compiled };
    return { item: { Put: { TableName: this.#table, Item } }, refused: () => new WriteConflict('what was compiled') };
  }
}

const heldRun = ({ status, feedbackIteration, attempt }: RunRecord) => ({
  ConditionExpression: '#status = :heldStatus AND #feedbackIteration = :heldIteration AND #attempt = :heldAttempt',
  ExpressionAttributeNames: { '#status': 'status', '#feedbackIteration': 'feedbackIteration', '#attempt': 'attempt' },
  ExpressionAttributeValues: { ':heldStatus': status, ':heldIteration': feedbackIteration, ':heldAttempt': attempt },
});
