import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import { retryOnConflict, type Write } from '../../platform/dynamo/transact';
import { cursors, pageReply } from '../pages';
import type { Ports } from '../ports';
import type { ChatRoomRecord } from './chat-room-store';
import type { callbacksRoutes } from '../routes';
import { toChatRoom } from '../view';

/** Chat rooms (docs/contracts/callbacks.md#endpoints, #resources, #rooms). */
type Service = UseCases<typeof callbacksRoutes>;

export const createChatRoom =
  (ports: Ports): Service['createChatRoom'] =>
  async ({ body }, { principal: { workspace } }) => {
    const id = await ports.counters.nextId(workspace, 'rooms');
    const room: ChatRoomRecord = { workspace, id, title: body.title, createdAt: ports.clock.now(), version: 0 };
    const saved = await retryOnConflict(() => saveLinked(undefined, room, body.callback_id ?? undefined, ports));
    return { body: toChatRoom(saved) };
  };

export const listChatRooms =
  (ports: Ports): Service['listChatRooms'] =>
  async ({ query }, { principal: { workspace } }) => {
    const page = await ports.rooms.list(workspace, cursors.read(query.cursor), query.limit);
    return pageReply(page.items.map(toChatRoom), page.more, ({ chat_id }) => chat_id);
  };

export const getChatRoom =
  (ports: Ports): Service['getChatRoom'] =>
  async ({ params }, { principal: { workspace } }) => ({
    body: toChatRoom(await ports.rooms.get(workspace, params.chat_id)),
  });

export const updateChatRoom =
  (ports: Ports): Service['updateChatRoom'] =>
  async ({ params, body }, { principal: { workspace } }) => {
    const saved = await retryOnConflict(async () => {
      const before = await ports.rooms.get(workspace, params.chat_id);
      const after = { ...before, title: body.title ?? before.title };
      return saveLinked(before, after, body.callback_id ?? undefined, ports);
    });
    return { body: toChatRoom(saved) };
  };

/**
 * Deletes a room with its callback, deployed or building, in one step; nothing of either can be reached after it. The
 * room's chats can be read no more from that moment, and are then removed.
 */
export const deleteChatRoom =
  (ports: Ports): Service['deleteChatRoom'] =>
  async ({ params }, { principal: { workspace } }) => {
    const id = params.chat_id;
    const callbackId = await retryOnConflict(async () => {
      const room = await ports.rooms.get(workspace, id);
      const callback =
        room.callbackId === undefined ? undefined : await ports.callbacks.find(workspace, room.callbackId);
      await ports.callbacks.save(callback, undefined, [
        ports.rooms.change(room, undefined),
        ports.counters.oneLess(workspace, 'rooms'),
        ...(callback ? [ports.counters.oneLess(workspace, 'callbacks')] : []),
      ]);
      return callback?.id;
    });
    if (callbackId !== undefined) await ports.sources.forget(workspace, callbackId);
    await deleteChats(workspace, id, ports);
    return { body: { message: `Chat room ${id} is deleted.` } };
  };

async function deleteChats(workspace: string, roomId: number, { chats }: Ports): Promise<void> {
  for (;;) {
    const { items, more } = await chats.idsOfRoom(workspace, roomId, undefined, 200);
    await chats.delete(items.map((id) => ({ workspace, roomId, id })));
    if (!more) return;
  }
}

/**
 * Stores a room, linked with a callback if one is named; the callback leaves the room it was in.
 * @throws AppError `CALLBACK_LINK_INVALID`, `LIMIT_REACHED`; WriteConflict
 */
async function saveLinked(
  before: ChatRoomRecord | undefined,
  room: ChatRoomRecord,
  callbackId: number | undefined,
  ports: Ports,
): Promise<ChatRoomRecord> {
  const { workspace } = room;
  const counted: Write[] = before ? [] : [ports.counters.oneMore(workspace, 'rooms')];
  if (callbackId === undefined || callbackId === room.callbackId) {
    await ports.callbacks.save(undefined, undefined, [ports.rooms.change(before, room), ...counted]);
    return room;
  }
  const callback = await ports.callbacks.find(workspace, callbackId);
  if (!callback)
    throw new AppError('CALLBACK_LINK_INVALID', `There is no callback ${callbackId} to link the room with.`, {
      details: { field: 'callback_id' },
    });
  const linked = { ...room, callbackId };
  await ports.callbacks.save(callback, { ...callback, roomId: room.id }, [
    ports.rooms.change(before, linked),
    ...counted,
    ...(await ports.links.unlink(callback)),
  ]);
  return linked;
}
