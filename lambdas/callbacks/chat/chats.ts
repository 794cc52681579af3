import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import { cursors, pageReply } from '../pages';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';
import { toChat } from '../view';

/** Chats: what was said in a room (docs/contracts/callbacks.md#resources, #endpoints). */
type Service = UseCases<typeof callbacksRoutes>;

export const createChat =
  (ports: Ports): Service['createChat'] =>
  async ({ body }, { principal: { workspace } }) => {
    const noRoom = () =>
      new AppError('CHATROOM_LINK_INVALID', `There is no chat room ${body.chat_room_id} for the chat.`, {
        details: { field: 'chat_room_id' },
      });
    // Looked up first, so that a refused chat takes no id.
    if (!(await ports.rooms.find(workspace, body.chat_room_id))) throw noRoom();
    const chat = {
      workspace,
      id: await ports.counters.nextId(workspace, 'chats'),
      roomId: body.chat_room_id,
      text: body.chats,
      createdAt: ports.clock.now(),
    };
    await ports.chats.insert(chat, ports.rooms.mustExist(workspace, chat.roomId, noRoom));
    return { body: toChat(chat) };
  };

export const listChats =
  (ports: Ports): Service['listChats'] =>
  async ({ query }, { principal: { workspace } }) => {
    const { chat_room_id: roomId, limit } = query;
    const after = cursors.read(query.cursor);
    if (roomId === 0) {
      const all = await ports.chats.list(workspace, after, limit);
      return pageReply(all.items.map(toChat), all.more, ({ chat_id }) => chat_id);
    }
    if (!(await ports.rooms.find(workspace, roomId))) return { body: [] };
    const page = await ports.chats.listOfRoom(workspace, roomId, after, limit);
    return pageReply(page.items.map(toChat), page.more, ({ chat_id }) => chat_id);
  };

export const listChatsOfRoom =
  (ports: Ports): Service['listChatsOfRoom'] =>
  async ({ params, query }, { principal: { workspace } }) => {
    const room = await ports.rooms.get(workspace, params.chat_id);
    const page = await ports.chats.listOfRoom(workspace, room.id, cursors.read(query.cursor), query.limit);
    return pageReply(page.items.map(toChat), page.more, ({ chat_id }) => chat_id);
  };

export const getChat =
  (ports: Ports): Service['getChat'] =>
  async ({ params }, { principal: { workspace } }) => ({
    body: toChat(await ports.chats.get(workspace, params.chat_id)),
  });

export const updateChat =
  (ports: Ports): Service['updateChat'] =>
  async ({ params, body }, { principal: { workspace } }) => {
    const chat = await ports.chats.get(workspace, params.chat_id);
    const changed = { ...chat, text: body.chats };
    if (changed.text !== chat.text) await ports.chats.replace(changed);
    return { body: toChat(changed) };
  };

export const deleteChat =
  (ports: Ports): Service['deleteChat'] =>
  async ({ params }, { principal: { workspace } }) => {
    const chat = await ports.chats.get(workspace, params.chat_id);
    await ports.chats.delete([chat]);
    return { body: { message: `Chat ${chat.id} is deleted.` } };
  };
