import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AppError } from '../platform/http/errors';
import { queryAll } from '../platform/dynamo/query-pages';
import { readItem } from '../platform/dynamo/read-item';
import { storeFailed } from '../platform/dynamo/store-errors';
import { LIMITS } from './limits';

export interface Project {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
}

const Item = z.object({ id: z.number(), name: z.string(), description: z.string().nullable() });
const Counter = z.object({ last: z.number(), count: z.number() });
const NO_PROJECTS = { last: 0, count: 0 };

const partition = (workspace: string): string => `${workspace}#PROJECTS`;
const idKey = (workspace: string, id: number) => ({
  pk: partition(workspace),
  sk: `ID#${String(id).padStart(9, '0')}`,
});
const nameKey = (workspace: string, name: string) => ({ pk: `${workspace}#PROJECT_NAMES`, sk: name });
const counterKey = (workspace: string) => ({ pk: partition(workspace), sk: 'COUNTER' });

const NOT_THERE = 'attribute_not_exists(pk)';
const MAX_TRIES = 40;
/** Projects kept in memory; they never change and are never deleted. */
const KEPT = 10_000;

/** Digits as an id is written; `007` is a name like any other. */
export const idIn = (reference: string): number | undefined =>
  /^[1-9]\d{0,8}$/.test(reference) ? Number(reference) : undefined;

/** Projects in the entities table: an item by id, an item by name, and a counter, changed together. */
export class ProjectStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #known = new Map<string, Project>();

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** What a reference means: the project of that id, else the one of that name (docs/contracts/jobs.md#semantics). */
  async find(workspace: string, reference: string): Promise<Project | undefined> {
    const id = idIn(reference);
    const byId = id === undefined ? undefined : await this.#get(idKey(workspace, id));
    return byId ?? this.findByName(workspace, reference);
  }

  findByName(workspace: string, name: string): Promise<Project | undefined> {
    return this.#get(nameKey(workspace, name));
  }

  async findById(workspace: string, id: number): Promise<Project | undefined> {
    return this.#get(idKey(workspace, id));
  }

  async #get(Key: { pk: string; sk: string }): Promise<Project | undefined> {
    const known = this.#known.get(JSON.stringify(Key));
    if (known) return known;
    const item = await readItem(this.#db, this.#table, Key);
    if (!item) return undefined;
    const project = Item.parse(item);
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(JSON.stringify(Key), project);
    return project;
  }

  /** All projects, by id; at most 1000 small items. */
  async list(workspace: string): Promise<Project[]> {
    const items = await queryAll(this.#db, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :id)',
      ExpressionAttributeValues: { ':pk': partition(workspace), ':id': 'ID#' },
      ConsistentRead: true,
    });
    return items.map((item) => Item.parse(item));
  }

  /**
   * The project of a name, made now if there is none.
   * @throws AppError `PROJECT_NAME_CONFLICT`: the name is another project's id; `PROJECT_LIMIT_REACHED`
   */
  async findOrCreate(workspace: string, name: string, description: string | null): Promise<Project> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      // Read first: whatever is read after it is still so if the counter has not moved.
      const counter = await this.#counter(workspace);
      const existing = await this.findByName(workspace, name);
      if (existing) return existing;
      await this.#refuseIdAsName(workspace, name);
      if (counter.count >= LIMITS.projects) throw limitReached();
      const id = await this.#freeId(workspace, counter.last + 1, name);
      const project = { id, name, description };
      if (await this.#insert(workspace, project, counter)) return project;
      await setTimeout(Math.random() * 10 * attempt);
    }
    throw new AppError('SERVICE_UNAVAILABLE', 'Too many projects are created at the moment. Try again shortly.');
  }

  async #refuseIdAsName(workspace: string, name: string): Promise<void> {
    const id = idIn(name);
    if (id === undefined || !(await this.findById(workspace, id))) return;
    throw new AppError('PROJECT_NAME_CONFLICT', `'${name}' is the id of another project. Use a name with letters.`);
  }

  async #counter(workspace: string): Promise<z.output<typeof Counter>> {
    const item = await readItem(this.#db, this.#table, counterKey(workspace));
    return item ? Counter.parse(item) : NO_PROJECTS;
  }

  /** No id equals the name of a project, this one's included: a reference would be ambiguous. */
  async #freeId(workspace: string, from: number, name: string): Promise<number> {
    let id = from;
    while (String(id) === name || (await this.findByName(workspace, String(id)))) id += 1;
    return id;
  }

  /** @returns false when somebody else created a project in between */
  async #insert(workspace: string, project: Project, counter: z.output<typeof Counter>): Promise<boolean> {
    const TableName = this.#table;
    const { id, name } = project;
    const put = (Key: { pk: string; sk: string }) => ({
      Put: { TableName, Item: { ...Key, ...project }, ConditionExpression: NOT_THERE },
    });
    const count = {
      Update: {
        TableName,
        Key: counterKey(workspace),
        UpdateExpression: 'SET #last = :id, #count = :count',
        // Every project goes through the counter, so that two never check the same names and ids at once.
        ConditionExpression: counter.count === 0 ? NOT_THERE : '#last = :last',
        ExpressionAttributeNames: { '#last': 'last', '#count': 'count' },
        ExpressionAttributeValues: {
          ':id': id,
          ':count': counter.count + 1,
          ...(counter.count > 0 && { ':last': counter.last }),
        },
      },
    };
    try {
      await this.#db.send(
        new TransactWriteCommand({
          TransactItems: [count, put(idKey(workspace, id)), put(nameKey(workspace, name))],
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return false;
      return storeFailed(error);
    }
  }
}

const limitReached = (): AppError =>
  new AppError('PROJECT_LIMIT_REACHED', `There are ${LIMITS.projects} projects already; no more are taken.`);
