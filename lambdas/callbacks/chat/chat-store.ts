import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchGet } from '../../platform/dynamo/batch';
import { AppError } from '../../platform/http/errors';
import { readItem } from '../../platform/dynamo/read-item';
import { transact, type Write } from '../../platform/dynamo/transact';
import { chatKey, chatOfRoomKey, chatsOfRoomPartition, chatsPartition, roomKey } from '../keys';
import { readPage, type Page } from '../../platform/dynamo/read-page';

export const ChatRecord = z.object({
  workspace: z.string(),
  id: z.number(),
  roomId: z.number(),
  text: z.string(),
  createdAt: z.number(),
});
export type ChatRecord = z.output<typeof ChatRecord>;

const RoomId = z.object({ id: z.number() });
const IdInRoom = z.object({ sk: z.string().transform(Number) });
/** Items that one transaction takes. */
const BATCH = 100;

/** Chats in the entities table. A chat whose room is gone is gone, also while its own record is still there. */
export class ChatStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** @param roomExists what refuses the chat when its room went in between */
  async insert(chat: ChatRecord, roomExists: Write): Promise<void> {
    const { workspace, roomId, id } = chat;
    const put = (Item: Record<string, unknown>): Write => ({
      item: { Put: { TableName: this.#table, Item } },
      refused: () => new Error(`chat ${id} cannot be refused`),
    });
    await transact(this.#db, [
      roomExists,
      put({ ...chatKey(workspace, id), ...chat }),
      put(chatOfRoomKey(workspace, roomId, id)),
    ]);
  }

  /** @throws AppError `CHAT_NOT_FOUND` */
  async get(workspace: string, id: number): Promise<ChatRecord> {
    const item = await readItem(this.#db, this.#table, chatKey(workspace, id));
    const chat = item && ChatRecord.parse(item);
    if (!chat || !(await this.#roomsThatExist(workspace, [chat.roomId])).has(chat.roomId)) throw notFound(id);
    return chat;
  }

  /** @throws AppError `CHAT_NOT_FOUND` when it is no longer there */
  async replace(chat: ChatRecord): Promise<void> {
    await transact(this.#db, [
      {
        item: {
          Put: {
            TableName: this.#table,
            Item: { ...chatKey(chat.workspace, chat.id), ...chat },
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
        refused: () => notFound(chat.id),
      },
    ]);
  }

  async delete(chats: readonly Pick<ChatRecord, 'workspace' | 'roomId' | 'id'>[]): Promise<void> {
    const keys = chats.flatMap(({ workspace, roomId, id }) => [
      chatKey(workspace, id),
      chatOfRoomKey(workspace, roomId, id),
    ]);
    for (let from = 0; from < keys.length; from += BATCH) {
      const writes = keys.slice(from, from + BATCH).map((Key): Write => ({
        item: { Delete: { TableName: this.#table, Key } },
        refused: () => new Error('a delete without condition cannot be refused'),
      }));
      await transact(this.#db, writes);
    }
  }

  /** Chats of all rooms, oldest first. */
  async list(workspace: string, after: number | undefined, limit: number): Promise<Page<ChatRecord>> {
    const items: ChatRecord[] = [];
    let last = after;
    for (;;) {
      const page = await readPage(
        this.#db,
        {
          table: this.#table,
          partition: chatsPartition(workspace),
          after: last === undefined ? undefined : chatKey(workspace, last),
          limit: limit - items.length,
        },
        (item) => ChatRecord.parse(item),
      );
      const rooms = await this.#roomsThatExist(workspace, [...new Set(page.items.map(({ roomId }) => roomId))]);
      items.push(...page.items.filter(({ roomId }) => rooms.has(roomId)));
      last = page.items.at(-1)?.id;
      if (!page.more || items.length === limit) return { items, more: page.more };
    }
  }

  /** Chats of one room, oldest first; the room is there. */
  async listOfRoom(
    workspace: string,
    roomId: number,
    after: number | undefined,
    limit: number,
  ): Promise<Page<ChatRecord>> {
    const ids = await this.idsOfRoom(workspace, roomId, after, limit);
    const items = await batchGet(
      this.#db,
      this.#table,
      ids.items.map((id) => chatKey(workspace, id)),
    );
    const chats = items.map((item) => ChatRecord.parse(item)).sort((a, b) => a.id - b.id);
    return { items: chats, more: ids.more };
  }

  idsOfRoom(workspace: string, roomId: number, after: number | undefined, limit: number): Promise<Page<number>> {
    const from = after === undefined ? undefined : chatOfRoomKey(workspace, roomId, after);
    return readPage(
      this.#db,
      { table: this.#table, partition: chatsOfRoomPartition(workspace, roomId), after: from, limit },
      (item) => IdInRoom.parse(item).sk,
    );
  }

  async #roomsThatExist(workspace: string, ids: readonly number[]): Promise<Set<number>> {
    const items = await batchGet(
      this.#db,
      this.#table,
      ids.map((id) => roomKey(workspace, id)),
    );
    return new Set(items.map((item) => RoomId.parse(item).id));
  }
}

const notFound = (id: number): AppError => new AppError('CHAT_NOT_FOUND', `There is no chat ${id}.`);
