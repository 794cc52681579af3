import { get, post, read, send } from '../../support/api';
import {
  Callback,
  CallbackWithCode,
  change,
  ChatRoom,
  freshPath,
  Message,
  NODE,
  PYTHON,
  readCallback,
  refused,
  register,
  registration,
  remove,
} from '../../support/callbacks';
import * as z from 'zod';

const create = (more: Readonly<Record<string, unknown>>) => post('/callbacks/', registration(more));

/** See docs/contracts/callbacks.md#endpoints, #resources, #example-register. */
describe('a new callback', () => {
  test('is answered without its code, pending, with its environment masked', async () => {
    const path = `/${freshPath()}`;
    const callback = await register({ path, method: 'post', env: { RATE: 0.1, ON: true, WORD: 'x' } });
    expect(callback).toMatchObject({
      path,
      method: 'POST',
      type: 'python',
      runtime: 'python3.13',
      library: null,
      env: { RATE: '********', ON: '********', WORD: '********' },
      status: 'pending',
      live: false,
      pending_changes: true,
      last_error: null,
    });
    expect(await readCallback(callback.callback_id)).toEqual({ ...callback, code: PYTHON });
  });

  test.each([
    ['Python 3.12', 'python', 'python3.13'],
    ['py', 'python', 'python3.13'],
    ['nodejs20.x', 'node', 'nodejs24'],
    ['node', 'node', 'nodejs24'],
  ])('of type %s is %s on %s', async (type, expected, runtime) => {
    expect(await register({ type, code: NODE })).toMatchObject({ type: expected, runtime });
  });

  test('has the next id, and an id is never used again', async () => {
    const first = await register();
    read(await remove(first.callback_id), 200, Message);
    const second = await register();
    expect(second.callback_id).toBeGreaterThan(first.callback_id);
  });

  test('may share its path with other methods, not its path and method', async () => {
    const path = freshPath();
    await register({ path, method: 'GET' });
    await register({ path: `/${path}/`, method: 'POST' });
    refused(await create({ path: `/${path}`, method: 'get' }), 409, 'CALLBACK_EXISTS');
    await register({ path: path.toUpperCase(), method: 'GET' });
  });

  test('is found by its id, with and without a slash at the end', async () => {
    const { callback_id: id } = await register();
    for (const path of [`/callbacks/${id}`, `/callbacks/${id}/`]) {
      expect(read(await get(path), 200, CallbackWithCode).callback_id).toBe(id);
    }
  });
});

/** See docs/contracts/callbacks.md#bad-input. */
describe('what is refused', () => {
  test.each([
    ['path', { path: '' }],
    ['path', { path: undefined }],
    ['path', { path: '/a/b' }],
    ['path', { path: 'a b' }],
    ['path', { path: '/' }],
    ['path', { path: '.hidden' }],
    ['path', { path: 'x'.repeat(129) }],
    ['path', { path: 7 }],
    ['method', { method: 'HEAD' }],
    ['method', { method: '' }],
    ['method', { method: undefined }],
    ['type', { type: '' }],
    ['type', { type: undefined }],
    ['code', { code: '' }],
    ['code', { code: undefined }],
    ['code', { code: 'x'.repeat(1024 * 1024 + 1) }],
    ['library', { library: 'requests @ https://example.com/x.whl' }],
    ['library', { library: '-r other.txt' }],
    ['library', { library: '--index-url https://example.com' }],
    ['library', { library: './local' }],
    ['library', { library: 'git+https://example.com/x' }],
    ['library', { library: 'x'.repeat(16 * 1024 + 1) }],
    ['library', { type: 'node', library: 'axios' }],
    ['library', { type: 'node', library: '["axios"]' }],
    ['library', { type: 'node', library: '{"dependencies":{"a":"file:../a"}}' }],
    ['library', { type: 'node', library: '{"dependencies":{"a":"https://example.com/a.tgz"}}' }],
    ['env.AWS_REGION', { env: { AWS_REGION: 'x' } }],
    ['env.1A', { env: { '1A': 'x' } }],
    ['env.A', { env: { A: {} } }],
    ['env.A', { env: { A: [] } }],
    ['env.A', { env: { A: null } }],
    ['env.A', { env: { A: '********' } }],
    ['chat_id', { chat_id: 'four' }],
  ])('%s of %j', async (field, more) => {
    expect(refused(await create(more), 400, 'VALIDATION_ERROR').details).toEqual({ field });
  });

  test('a body that is not JSON', async () => {
    refused(await send('POST', '/callbacks/', { raw: '{}}' }), 400, 'INVALID_JSON');
    refused(await send('POST', '/callbacks/', { raw: '' }), 400, 'INVALID_JSON');
  });

  test.each(['java', 'java21', 'python2.7', 'ruby'])('type %s', async (type) => {
    const { details } = refused(await create({ type }), 400, 'UNSUPPORTED_RUNTIME');
    expect(details).toMatchObject({ field: 'type', supported: ['python3.13', 'nodejs24'] });
  });

  test.each([
    'workspaces functions v1 issues decisions persons graphs meetings virtual-meetings audit upload execute status cancel',
    'jobs health projects project log cloudwatch kube',
  ])('the reserved names %s', async (names) => {
    const { callback_id: id } = await register();
    for (const name of names.split(' ')) {
      for (const path of [name, `/${name.toUpperCase()}`]) {
        const { details } = refused(await create({ path, method: 'PATCH' }), 409, 'PATH_RESERVED');
        expect(details?.['reserved']).toContain(name);
        refused(await change(id, { path }), 409, 'PATH_RESERVED');
      }
    }
  });

  test('a body above 6 MB', async () => {
    const answer = await send('POST', '/callbacks/', { raw: JSON.stringify({ code: 'x'.repeat(6 * 1024 * 1024) }) });
    refused(answer, 413, 'PAYLOAD_TOO_LARGE');
  });

  test('links that lead nowhere', async () => {
    refused(await create({ chat_id: 99999 }), 409, 'CHATROOM_LINK_INVALID');
    const { callback_id: id } = await register();
    refused(await change(id, { chat_id: 99999 }), 409, 'CHATROOM_LINK_INVALID');
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s of ids that are none, and of unknown ones', async (method) => {
    const sent = { json: {} };
    for (const id of ['x', '1.5', '1e3', '%20']) {
      refused(await send(method, `/callbacks/${id}`, method === 'PUT' ? sent : {}), 400, 'VALIDATION_ERROR');
    }
    refused(await send(method, '/callbacks/99999', method === 'PUT' ? sent : {}), 404, 'CALLBACK_NOT_FOUND');
  });
});

/** See docs/contracts/callbacks.md#semantics. */
describe('PUT', () => {
  test('changes what is given; null, absent and status mean unchanged', async () => {
    const { callback_id: id, path, updated_at: _before, ...rest } = await register({ env: { A: '1' } });
    const next = freshPath();
    const answer = read(await change(id, { path: next, status: 'deployed', code: null, extra: 1 }), 200, Callback);
    expect(answer).toMatchObject({ ...rest, callback_id: id, path: next });
    expect((await readCallback(id)).code).toBe(PYTHON);
    await register({ path, method: rest.method });
  });

  test('to a path and method that are taken is refused, and changes nothing', async () => {
    const one = await register();
    const other = await register();
    refused(await change(other.callback_id, { path: one.path }), 409, 'CALLBACK_EXISTS');
    expect((await readCallback(other.callback_id)).path).toBe(other.path);
  });

  test('refuses what POST refuses', async () => {
    const { callback_id: id } = await register();
    expect(refused(await change(id, { path: '' }), 400, 'VALIDATION_ERROR').details).toEqual({ field: 'path' });
    expect(refused(await change(id, { code: 3 }), 400, 'VALIDATION_ERROR').details).toEqual({ field: 'code' });
    refused(await change(id, { type: 'java' }), 400, 'UNSUPPORTED_RUNTIME');
    refused(await send('PUT', `/callbacks/${id}`, { raw: 'nonsense' }), 400, 'INVALID_JSON');
  });
});

describe('DELETE', () => {
  test('removes the callback and frees its path', async () => {
    const { callback_id: id, path } = await register();
    read(await remove(id), 200, Message);
    refused(await get(`/callbacks/${id}`), 404, 'CALLBACK_NOT_FOUND');
    refused(await remove(id), 404, 'CALLBACK_NOT_FOUND');
    await register({ path });
  });

  test('sets callback_id of its room to null', async () => {
    const room = read(await post('/chatroom/', { title: 'r' }), 200, ChatRoom);
    const { callback_id: id } = await register({ chat_id: room.chat_id });
    expect(read(await get(`/chatroom/${room.chat_id}`), 200, ChatRoom).callback_id).toBe(id);
    read(await remove(id), 200, Message);
    expect(read(await get(`/chatroom/${room.chat_id}`), 200, ChatRoom).callback_id).toBeNull();
  });
});

describe('the list', () => {
  test('is an array by id, without code, in pages', async () => {
    const made = [await register(), await register(), await register()].map(({ callback_id: id }) => id);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const answer = await get(`/callbacks/?limit=2${query}`);
      seen.push(...read(answer, 200, z.array(Callback).max(2)).map(({ callback_id: id }) => id));
      cursor = answer.headers.get('x-next-cursor');
    } while (cursor !== null);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'limit=1.0', 'cursor=nonsense'])('refuses %s', async (query) => {
    refused(await get(`/callbacks/?${query}`), 400, 'VALIDATION_ERROR');
  });
});
