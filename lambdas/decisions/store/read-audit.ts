import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { queryPages } from '../../platform/dynamo/query-pages';
import { AppError } from '../../platform/http/errors';
import { auditOfRunPartition, auditPartition } from '../keys';
import { AuditEntry } from '../model';
import type { DecisionPlace } from './audit';
import { ENTRIES_ONLY } from './audit';

/** What entries have to be like; all of it. */
export interface AuditFilter {
  readonly resource_type?: string | undefined;
  readonly resource_id?: string | undefined;
  readonly actor_id?: string | undefined;
  readonly event_type?: string | undefined;
}

interface Wanted {
  /** Entries of one run alone, in which an unknown run has none. */
  readonly base: string | undefined;
  readonly filter: AuditFilter;
  readonly offset: number;
  readonly limit: number;
  /** false: there is no time left to look at more. */
  readonly hasTime: () => boolean;
}

/** Reads the audit log. @see AuditLog, which writes it */
export class AuditReader {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** All entries of a run, oldest first. */
  async timeline({ workspace, base }: DecisionPlace): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    const pages = this.#pages(auditOfRunPartition(workspace, base), {}, true);
    for await (const page of pages) entries.push(...page.map((item) => AuditEntry.parse(item)));
    return entries;
  }

  /** Entries newest first. @throws AppError `SERVICE_UNAVAILABLE` when so many have to be looked at that time is over */
  async list(workspace: string, { base, filter, offset, limit, hasTime }: Wanted): Promise<AuditEntry[]> {
    const partition = base === undefined ? auditPartition(workspace) : auditOfRunPartition(workspace, base);
    const entries: AuditEntry[] = [];
    let toSkip = offset;
    for await (const page of this.#pages(partition, filter, false)) {
      const skipped = Math.min(toSkip, page.length);
      toSkip -= skipped;
      entries.push(...page.slice(skipped).map((item) => AuditEntry.parse(item)));
      if (entries.length >= limit) break;
      if (!hasTime()) throw tooMuch();
    }
    return entries.slice(0, limit);
  }

  #pages(pk: string, filter: AuditFilter, ScanIndexForward: boolean) {
    const wanted = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return queryPages(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: ENTRIES_ONLY.KeyConditionExpression,
      ExpressionAttributeValues: {
        ...ENTRIES_ONLY.values(pk),
        ...Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
      },
      ...(wanted.length > 0 && {
        FilterExpression: wanted.map(([name]) => `#${name} = :${name}`).join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
      }),
      ScanIndexForward,
      ConsistentRead: true,
    });
  }
}

const tooMuch = (): AppError =>
  new AppError('SERVICE_UNAVAILABLE', 'There are too many entries to look through in time. Name a run_id.');
