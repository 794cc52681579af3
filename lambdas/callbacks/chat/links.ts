import { AppError } from '../../platform/http/errors';
import type { Write } from '../../platform/dynamo/transact';
import type { CallbackRecord } from '../registry/callback';
import type { ChatRoomRecord, ChatRoomStore } from './chat-room-store';

/**
 * The link between a room and its callback. The room's record is what holds it; the callback remembers the room it was
 * last put into, so that the link can be found from its side.
 */
export class Links {
  readonly #rooms: ChatRoomStore;

  constructor(rooms: ChatRoomStore) {
    this.#rooms = rooms;
  }

  /** The room that a callback is linked with now. */
  async roomOf(callback: CallbackRecord | undefined): Promise<ChatRoomRecord | undefined> {
    if (callback?.roomId === undefined) return undefined;
    const room = await this.#rooms.find(callback.workspace, callback.roomId);
    return room?.callbackId === callback.id ? room : undefined;
  }

  /**
   * Puts a callback into a room; the room's former callback stays without one (docs/contracts/callbacks.md#rooms).
   * @param callback as it is stored, or undefined for one that is being made
   * @returns the room's writes; the callback's own record has to be written with `roomId` in the same transaction
   * @throws AppError `CHATROOM_LINK_INVALID`
   */
  async link(roomId: number, callbackId: number, workspace: string, callback?: CallbackRecord): Promise<Write[]> {
    const room = await this.#rooms.find(workspace, roomId);
    if (!room)
      throw new AppError('CHATROOM_LINK_INVALID', `There is no chat room ${roomId} to put the callback into.`, {
        details: { field: 'chat_id' },
      });
    if (room.callbackId === callbackId) return [this.#rooms.change(room, room)];
    return [...(await this.unlink(callback)), this.#rooms.change(room, { ...room, callbackId })];
  }

  /** Takes a callback out of the room it is in, if it is in one. */
  async unlink(callback: CallbackRecord | undefined): Promise<Write[]> {
    const room = await this.roomOf(callback);
    return room ? [this.#rooms.change(room, { ...room, callbackId: undefined })] : [];
  }
}
