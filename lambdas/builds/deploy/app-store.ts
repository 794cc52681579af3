import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { appOfFunctionKey } from '../../platform/dynamo/functions';
import { readItem } from '../../platform/dynamo/read-item';
import { retryOnConflict, transact, versionedWrite, WriteConflict, type Write } from '../../platform/dynamo/transact';
import { appKey } from '../keys';
import { AppRecord, type AppId } from './app-record';
import { FunctionRows, type DeployNews } from './function-row';

/** Apps in the entities table, together with what their functions are told. */
export class AppStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly functions: FunctionRows;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
    this.functions = new FunctionRows(db, table);
  }

  async find(app: AppId): Promise<AppRecord | undefined> {
    const item = await readItem(this.#db, this.#table, appKey(app));
    return item && AppRecord.parse(item);
  }

  /**
   * Begins a deploy: the app with its owner, and what finds it by the function's id.
   * @param isKnown false: the id is of somebody else's function, whose name says nothing of this app
   * @throws WriteConflict if the app, or its function, is no longer what was read
   */
  async begin(before: AppRecord | undefined, after: Omit<AppRecord, 'version'>, isKnown: boolean): Promise<void> {
    const writes = [this.#app(before, after)];
    if (after.functionId !== null && isKnown) writes.push(this.#known(after, after.functionId));
    if (after.ofFunction) {
      const told = await this.#tellFunction(after, { status: 'deploying' });
      // It was there a moment ago: then it is deleted now, and the next look sees that.
      if (!told) throw new WriteConflict('the function');
      writes.push(told);
    }
    await transact(this.#db, writes);
  }

  /**
   * Changes an app if it still is what `change` asks for, and tells its function what there is to tell.
   * @param change undefined where nothing is to be changed any more
   * @returns the app as it is now
   */
  change(
    app: AppId,
    change: (record: AppRecord) => { readonly after: AppRecord; readonly news?: DeployNews } | undefined,
  ): Promise<AppRecord | undefined> {
    return retryOnConflict(async () => {
      const before = await this.find(app);
      const changed = before && change(before);
      if (!changed) return before;
      const told = changed.news && before.ofFunction ? await this.#tellFunction(before, changed.news) : undefined;
      await transact(this.#db, [this.#app(before, changed.after), ...(told ? [told] : [])]);
      return { ...changed.after, version: before.version + 1 };
    });
  }

  /** The name is free again. */
  async remove(record: AppRecord): Promise<void> {
    const writes = [this.#app(record, undefined)];
    if (record.functionId !== null) {
      const Delete = { TableName: this.#table, Key: appOfFunctionKey(record.functionId, record) };
      writes.push({ item: { Delete }, refused: () => new WriteConflict('the app of a function') });
    }
    await transact(this.#db, writes);
  }

  #app(before: AppRecord | undefined, after: Omit<AppRecord, 'version'> | undefined): Write {
    const { namespace, name } = before ?? after ?? { namespace: '', name: '' };
    return versionedWrite(this.#table, appKey({ namespace, name }), before, after, `app ${name}`);
  }

  #known({ namespace, name, workspace, ofFunction }: Omit<AppRecord, 'version'>, functionId: string): Write {
    const app = { namespace, name };
    const Item = { ...appOfFunctionKey(functionId, app), ...app, workspace, ofFunction };
    return {
      item: { Put: { TableName: this.#table, Item } },
      refused: () => new WriteConflict('the app of a function'),
    };
  }

  async #tellFunction(
    { workspace, functionId }: Pick<AppRecord, 'workspace' | 'functionId'>,
    news: DeployNews,
  ): Promise<Write | undefined> {
    const row = functionId === null ? undefined : await this.functions.find(workspace, functionId);
    return row && this.functions.told(row, news);
  }
}
