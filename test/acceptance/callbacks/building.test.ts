import { randomBytes } from 'node:crypto';
import { get, post, read, send } from '../../support/api';
import {
  built,
  call,
  Callback,
  change,
  ChatRoom,
  deploy,
  deployed,
  Message,
  PYTHON,
  readCallback,
  refused,
  register,
  remove,
} from '../../support/callbacks';
import { askIndex, describeWithIndex } from '../../support/package-index';

/**
 * What may happen while a build goes on (docs/contracts/callbacks.md#states, #build, #rooms). Its package comes
 * from an index on this machine that keeps silent until it is told to go on (test/support/packages).
 */
const held: string[] = [];
const release = (name: string) => askIndex(`/release/${name}`);

/** Nothing stays waiting, whatever became of a test. */
afterEach(async () => {
  for (const name of held.splice(0)) await release(name);
});

/** A requirement that is installed only once it is released. */
function heldPackage(): string {
  const name = `narae-held-${randomBytes(6).toString('hex')}`;
  held.push(name);
  return name;
}

async function building(more: Readonly<Record<string, unknown>> = {}) {
  const library = heldPackage();
  const { callback_id: id, path } = await register({ library, ...more });
  expect(read(await deploy(id), 200, Callback).status).toBe('build');
  return { id, path, library };
}

const answers = (text: string) => `def lambda_handler(event, context):\n    return '${text}'\n`;

describeWithIndex('while a callback is being built', () => {
  test('the old deployment goes on answering', async () => {
    const { callback_id: id, path } = await deployed({ code: answers('old') });
    const library = heldPackage();
    read(await change(id, { library, code: answers('new') }), 200, Callback);
    expect(read(await deploy(id), 200, Callback)).toMatchObject({ status: 'build', live: true });
    expect((await call('GET', `/api/${path}`)).body).toBe('old');
    await release(library);
    expect((await built(id)).status).toBe('deployed');
    expect((await call('GET', `/api/${path}`)).body).toBe('new');
  });

  test('it cannot be deleted on its own', async () => {
    const { id, library } = await building();
    refused(await remove(id), 400, 'CALLBACK_BUILDING');
    await release(library);
    await built(id);
    read(await remove(id), 200, Message);
  });

  test('another deploy restarts the build with the newest record, and the first one changes nothing any more', async () => {
    const { id, path, library } = await building({ code: answers('old') });
    read(await change(id, { library: '', code: answers('new') }), 200, Callback);
    expect(read(await deploy(id), 200, Callback).status).toBe('build');
    expect(await built(id)).toMatchObject({ status: 'deployed', library: null });
    await release(library);
    expect((await call('GET', `/api/${path}`)).body).toBe('new');
    expect(await readCallback(id)).toMatchObject({ status: 'deployed', pending_changes: false });
  });

  test('undeploying ends the build', async () => {
    const { id, path, library } = await building();
    expect(read(await deploy(id, false), 200, Callback).status).toBe('undeployed');
    await release(library);
    refused(await get(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
    expect((await readCallback(id)).status).toBe('undeployed');
  });

  test('deleting its room deletes it', async () => {
    const { chat_id: room } = read(await post('/chatroom/', { title: 'r' }), 200, ChatRoom);
    const { id, path, library } = await building({ chat_id: room, code: PYTHON });
    read(await send('DELETE', `/chatroom/${room}`), 200, Message);
    await release(library);
    refused(await get(`/callbacks/${id}`), 404, 'CALLBACK_NOT_FOUND');
    refused(await get(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
    // Its path is free at once.
    await register({ path });
  });

  test('others are built', async () => {
    await building();
    expect((await deployed({ code: answers('me') })).status).toBe('deployed');
  });
});
