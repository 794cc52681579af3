import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AppError } from '../../platform/http/errors';
import { readItem } from '../../platform/dynamo/read-item';
import { versionedWrite, type Write } from '../../platform/dynamo/transact';
import { roomKey, roomsPartition } from '../keys';
import { readPage, type Page } from '../../platform/dynamo/read-page';

export const ChatRoomRecord = z.object({
  workspace: z.string(),
  id: z.number(),
  title: z.string(),
  callbackId: z.number().optional(),
  createdAt: z.number(),
  /** Raised by each write, which names the one it knows. */
  version: z.number(),
});
export type ChatRoomRecord = z.output<typeof ChatRoomRecord>;

/** Chat rooms in the entities table. */
export class ChatRoomStore {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(db: DynamoDBDocumentClient, table: string) {
    this.#db = db;
    this.#table = table;
  }

  async find(workspace: string, id: number): Promise<ChatRoomRecord | undefined> {
    const item = await readItem(this.#db, this.#table, roomKey(workspace, id));
    return item && ChatRoomRecord.parse(item);
  }

  /** @throws AppError `CHATROOM_NOT_FOUND` */
  async get(workspace: string, id: number): Promise<ChatRoomRecord> {
    const room = await this.find(workspace, id);
    if (!room) throw new AppError('CHATROOM_NOT_FOUND', `There is no chat room ${id}.`);
    return room;
  }

  /** Rooms by id. @param after id of the last one of the page before */
  list(workspace: string, after: number | undefined, limit: number): Promise<Page<ChatRoomRecord>> {
    const from = after === undefined ? undefined : roomKey(workspace, after);
    return readPage(
      this.#db,
      { table: this.#table, partition: roomsPartition(workspace), after: from, limit },
      (item) => ChatRoomRecord.parse(item),
    );
  }

  /** A room as it should be, if it is still as it was read. @param after undefined: it is deleted */
  change(before: ChatRoomRecord | undefined, after: ChatRoomRecord | undefined): Write {
    const room = after ?? before;
    if (!room) throw new Error('Neither a room before nor one after');
    return versionedWrite(this.#table, roomKey(room.workspace, room.id), before, after, `room ${room.id}`);
  }

  /** For a write that belongs to a room: it is there. */
  mustExist(workspace: string, id: number, refused: () => Error): Write {
    return {
      item: {
        ConditionCheck: {
          TableName: this.#table,
          Key: roomKey(workspace, id),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      refused,
    };
  }
}
