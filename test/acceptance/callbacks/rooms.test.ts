import * as z from 'zod';
import { get, post, read, send } from '../../support/api';
import {
  call,
  Callback,
  change,
  Chat,
  ChatRoom,
  deploy,
  deployed,
  Message,
  refused,
  register,
} from '../../support/callbacks';

const open = async (more: Readonly<Record<string, unknown>> = {}) =>
  read(await post('/chatroom/', { title: 'tax helper', ...more }), 200, ChatRoom);
const room = async (id: number) => read(await get(`/chatroom/${id}`), 200, ChatRoom);
const say = async (roomId: number, chats: string) =>
  read(await post('/chats/', { chat_room_id: roomId, chats }), 200, Chat);

/** See docs/contracts/callbacks.md#worked-examples, #resources, #rooms. */
describe('chat rooms', () => {
  test('are opened, read, changed and deleted', async () => {
    const made = await open();
    expect(made).toMatchObject({ title: 'tax helper', callback_id: null });
    expect(await room(made.chat_id)).toEqual(made);
    const renamed = read(await send('PUT', `/chatroom/${made.chat_id}`, { json: { title: 'other' } }), 200, ChatRoom);
    expect(renamed).toEqual({ ...made, title: 'other' });
    const same = read(await send('PUT', `/chatroom/${made.chat_id}/`, { json: { title: null } }), 200, ChatRoom);
    expect(same).toEqual(renamed);
    read(await send('DELETE', `/chatroom/${made.chat_id}`), 200, Message);
    refused(await get(`/chatroom/${made.chat_id}`), 404, 'CHATROOM_NOT_FOUND');
  });

  test('hold at most one callback, which is in at most one room', async () => {
    const one = await open();
    const first = await register({ chat_id: one.chat_id });
    const second = await register({ chat_id: one.chat_id });
    expect((await room(one.chat_id)).callback_id).toBe(second.callback_id);
    read(await get(`/callbacks/${first.callback_id}`), 200, z.looseObject({}));
    const two = await open({ callback_id: second.callback_id });
    expect(two.callback_id).toBe(second.callback_id);
    expect((await room(one.chat_id)).callback_id).toBeNull();
    read(await change(first.callback_id, { chat_id: two.chat_id }), 200, Callback);
    expect((await room(two.chat_id)).callback_id).toBe(first.callback_id);
    read(await send('PUT', `/chatroom/${one.chat_id}`, { json: { callback_id: first.callback_id } }), 200, ChatRoom);
    expect((await room(one.chat_id)).callback_id).toBe(first.callback_id);
    expect((await room(two.chat_id)).callback_id).toBeNull();
  });

  test('take their callback and their chats with them, deployed or building', async () => {
    const { chat_id: id } = await open();
    const live = await deployed({ chat_id: id });
    const chat = await say(id, 'hello');
    read(await deploy(live.callback_id), 200, Callback);
    read(await send('DELETE', `/chatroom/${id}`), 200, Message);
    refused(await get(`/api/${live.path}`), 404, 'CALLBACK_NOT_REGISTERED');
    refused(await get(`/callbacks/${live.callback_id}`), 404, 'CALLBACK_NOT_FOUND');
    refused(await get(`/chats/${chat.chat_id}`), 404, 'CHAT_NOT_FOUND');
    refused(await get(`/chatroom/${id}/chats`), 404, 'CHATROOM_NOT_FOUND');
    const again = await deployed({ path: live.path });
    expect((await call('GET', `/api/${again.path}`)).lambdaStatusCode).toBe(200);
  });

  test('are listed by id, in pages', async () => {
    const made = [await open(), await open()].map(({ chat_id: id }) => id);
    const first = await get('/chatroom/?limit=1');
    const [begin] = read(first, 200, z.array(ChatRoom).length(1));
    const cursor = first.headers.get('x-next-cursor') ?? '';
    const rest = read(await get(`/chatroom/?cursor=${cursor}`), 200, z.array(ChatRoom)).map(({ chat_id: id }) => id);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
    expect(rest).not.toContain(begin?.chat_id);
    expect(rest).toEqual(expect.arrayContaining(made));
  });

  test('refuse bad input', async () => {
    const field = async (json: unknown) => refused(await post('/chatroom/', json), 400, 'VALIDATION_ERROR').details;
    expect(await field({})).toEqual({ field: 'title' });
    expect(await field({ title: '' })).toEqual({ field: 'title' });
    expect(await field({ title: 'x'.repeat(201) })).toEqual({ field: 'title' });
    expect(await field({ title: '\ud800' })).toEqual({ field: 'title' });
    expect(await field({ title: 'x', callback_id: '1' })).toEqual({ field: 'callback_id' });
    refused(await post('/chatroom/', { title: 'x', callback_id: 99999 }), 409, 'CALLBACK_LINK_INVALID');
    const { chat_id: id } = await open();
    refused(await send('PUT', `/chatroom/${id}`, { json: { callback_id: 99999 } }), 409, 'CALLBACK_LINK_INVALID');
    for (const method of ['GET', 'DELETE']) {
      refused(await send(method, '/chatroom/abc'), 400, 'VALIDATION_ERROR');
      refused(await send(method, '/chatroom/99999'), 404, 'CHATROOM_NOT_FOUND');
    }
    refused(await send('PUT', '/chatroom/99999', { json: { title: 'x' } }), 404, 'CHATROOM_NOT_FOUND');
    refused(await get('/chatroom/?limit=1001'), 400, 'VALIDATION_ERROR');
    refused(await send('POST', '/chatroom/', { raw: 'x' }), 400, 'INVALID_JSON');
  });
});

describe('chats', () => {
  test('are said, read, changed and deleted', async () => {
    const { chat_id: roomId } = await open();
    const chat = await say(roomId, 'make it 10 percent');
    expect(chat).toMatchObject({ chat_room_id: roomId, chats: 'make it 10 percent' });
    expect(read(await get(`/chats/${chat.chat_id}`), 200, Chat)).toEqual(chat);
    const changed = read(await send('PUT', `/chats/${chat.chat_id}`, { json: { chats: '12' } }), 200, Chat);
    expect(changed).toEqual({ ...chat, chats: '12' });
    for (const chats of [undefined, null, ''])
      refused(await send('PUT', `/chats/${chat.chat_id}`, { json: { chats } }), 400, 'VALIDATION_ERROR');
    expect(read(await get(`/chats/${chat.chat_id}`), 200, Chat)).toEqual(changed);
    read(await send('DELETE', `/chats/${chat.chat_id}`), 200, Message);
    refused(await get(`/chats/${chat.chat_id}`), 404, 'CHAT_NOT_FOUND');
    expect(read(await get(`/chatroom/${roomId}/chats`), 200, z.array(Chat))).toEqual([]);
  });

  test('are listed oldest first: of a room, at both addresses, and of all rooms', async () => {
    const { chat_id: roomId } = await open();
    const { chat_id: otherRoom } = await open();
    const mine = [await say(roomId, '1'), await say(roomId, '2'), await say(roomId, '3')];
    const other = await say(otherRoom, 'x');
    for (const path of [`/chatroom/${roomId}/chats?`, `/chats/?chat_room_id=${roomId}&`]) {
      const first = await get(`${path}limit=2`);
      expect(read(first, 200, z.array(Chat))).toEqual(mine.slice(0, 2));
      const next = await get(`${path}limit=2&cursor=${first.headers.get('x-next-cursor') ?? ''}`);
      expect(read(next, 200, z.array(Chat))).toEqual(mine.slice(2));
      expect(next.headers.get('x-next-cursor')).toBeNull();
    }
    const ids: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await get(`/chats/?limit=200${cursor && `&cursor=${cursor}`}`);
      ids.push(...read(page, 200, z.array(Chat)).map(({ chat_id: id }) => id));
      cursor = page.headers.get('x-next-cursor');
    }
    expect(ids).toEqual(expect.arrayContaining([...mine, other].map(({ chat_id: id }) => id)));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  test('refuse bad input', async () => {
    const { chat_id: roomId } = await open();
    const field = async (json: unknown) => refused(await post('/chats/', json), 400, 'VALIDATION_ERROR').details;
    expect(await field({ chat_room_id: roomId })).toEqual({ field: 'chats' });
    expect(await field({ chat_room_id: roomId, chats: '' })).toEqual({ field: 'chats' });
    expect(await field({ chat_room_id: roomId, chats: 'x'.repeat(16 * 1024 + 1) })).toEqual({ field: 'chats' });
    expect(await field({ chat_room_id: roomId, chats: '\udc00' })).toEqual({ field: 'chats' });
    expect(await field({ chats: 'x' })).toEqual({ field: 'chat_room_id' });
    refused(await post('/chats/', { chat_room_id: 99999, chats: 'x' }), 409, 'CHATROOM_LINK_INVALID');
    for (const method of ['GET', 'DELETE']) {
      refused(await send(method, '/chats/abc'), 400, 'VALIDATION_ERROR');
      refused(await send(method, '/chats/99999'), 404, 'CHAT_NOT_FOUND');
    }
    refused(await send('PUT', '/chats/99999', { json: { chats: 'x' } }), 404, 'CHAT_NOT_FOUND');
    refused(await get('/chats/?limit=201'), 400, 'VALIDATION_ERROR');
    refused(await get('/chats/?chat_room_id=x'), 400, 'VALIDATION_ERROR');
  });
});
