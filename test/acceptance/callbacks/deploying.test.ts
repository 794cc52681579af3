import { get, post, read, send } from '../../support/api';
import {
  built,
  call,
  Callback,
  change,
  deploy,
  deployed,
  DeployedCallback,
  freshPath,
  Message,
  NODE,
  readCallback,
  redeployed,
  refused,
  register,
  remove,
} from '../../support/callbacks';

const answers = (text: string) => `def lambda_handler(event, context):\n    return '${text}'\n`;

/** See docs/contracts/callbacks.md#worked-examples, #states, #what-a-deployment-is. */
describe('deploying', () => {
  test.each([
    ['python', undefined],
    ['node', NODE],
  ])('%s: answers build at once, and is deployed soon after', async (type, code) => {
    const { callback_id: id, path } = await register({ type, ...(code !== undefined && { code }) });
    expect(read(await deploy(id), 200, Callback)).toMatchObject({ callback_id: id, status: 'build', live: false });
    expect(await built(id)).toMatchObject({ status: 'deployed', live: true, pending_changes: false, last_error: null });
    expect(await call('GET', `/api/${path}`)).toMatchObject({ lambdaStatusCode: 200 });
  });

  test.each(['docker', 'kube', undefined])('takes c_type %s', async (c_type) => {
    const { callback_id: id } = await register();
    read(await post('/deploy/', { callback_id: id, status: true, c_type }), 200, Callback);
    expect((await built(id)).status).toBe('deployed');
  });

  test('at /callback/deploy answers after the build', async () => {
    const { callback_id: id } = await register();
    const answer = read(await post('/callback/deploy', { callback_id: id, status: true }), 200, DeployedCallback);
    expect(answer).toMatchObject({ status: 'deployed', live: true, message: 'Deployed.', image: `callback_${id}` });
    const undone = read(await post('/callback/deploy', { callback_id: id, status: false }), 200, DeployedCallback);
    expect(undone).toMatchObject({ status: 'undeployed', live: false, image: `callback_${id}` });
  });

  test.each([
    [
      'python',
      'def lambda_handler(event, context):\n    return (1\n',
      /^SyntaxError: '\(' was never closed \(line 2\)$/,
    ],
    ['python', 'def f():\nreturn 1\n', /^IndentationError: .*\(line 2\)$/],
    ['node', 'exports.lambda_handler = () => {\n  return ];\n};\n', /^SyntaxError: .*\(line 2\)$/],
    ['node', 'export const lambda_handler = () => {\n  return ];\n};\n', /^SyntaxError: .*\(line 2\)$/],
  ])('%s code that does not parse fails and says why', async (type, code, reason) => {
    const { callback_id: id, path } = await register({ type, code });
    const answer = read(await post('/callback/deploy', { callback_id: id, status: true }), 200, DeployedCallback);
    expect(answer).toMatchObject({ status: 'failed', live: false });
    expect(answer.last_error).toMatch(reason);
    refused(await get(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
  });

  test('what is deployed goes on answering while changes wait, and after a build that failed', async () => {
    const { callback_id: id, path } = await deployed({ code: answers('one') });
    const changed = read(await change(id, { code: answers('two') }), 200, Callback);
    expect(changed).toMatchObject({ status: 'deployed', live: true, pending_changes: true });
    expect((await call('GET', `/api/${path}`)).body).toBe('one');
    read(await change(id, { code: 'def broken(:' }), 200, Callback);
    read(await deploy(id), 200, Callback);
    expect(await built(id)).toMatchObject({ status: 'failed', live: true, pending_changes: true });
    expect((await call('GET', `/api/${path}`)).body).toBe('one');
    read(await change(id, { code: answers('three') }), 200, Callback);
    expect((await redeployed(id)).last_error).toBeNull();
    expect((await call('GET', `/api/${path}`)).body).toBe('three');
  });

  test('a new path works from the next deploy on; until then the old and the new one are taken', async () => {
    const { callback_id: id, path } = await deployed({ code: answers('here') });
    const next = freshPath();
    read(await change(id, { path: next }), 200, Callback);
    refused(await get(`/api/${next}`), 404, 'CALLBACK_NOT_REGISTERED');
    expect((await call('GET', `/api/${path}`)).body).toBe('here');
    const taken = { method: 'GET', type: 'python', code: answers('x') };
    refused(await post('/callbacks/', { path, ...taken }), 409, 'CALLBACK_EXISTS');
    refused(await post('/callbacks/', { path: next, ...taken }), 409, 'CALLBACK_EXISTS');
    await redeployed(id);
    expect((await call('GET', `/api/${next}`)).body).toBe('here');
    refused(await get(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
    await register({ path });
  });

  test('a changed environment works at once, and a masked value keeps the stored one', async () => {
    const code =
      'import os\ndef lambda_handler(event, context):\n    return [os.environ.get("A"), os.environ.get("B")]\n';
    const { callback_id: id, path } = await deployed({ code, env: { A: 'a', B: 2 } });
    expect((await call('GET', `/api/${path}`)).body).toEqual(['a', '2']);
    const changed = read(await change(id, { env: { A: '********', B: true } }), 200, Callback);
    expect(changed).toMatchObject({ env: { A: '********', B: '********' }, pending_changes: false });
    expect((await call('GET', `/api/${path}`)).body).toEqual(['a', 'true']);
    read(await change(id, { env: { A: '********' } }), 200, Callback);
    expect((await call('GET', `/api/${path}`)).body).toEqual(['a', null]);
  });

  test('a deploy during a build builds the newest record', async () => {
    const { callback_id: id, path } = await register({ code: answers('old') });
    read(await deploy(id), 200, Callback);
    read(await change(id, { code: answers('new') }), 200, Callback);
    expect(read(await deploy(id), 200, Callback).status).toBe('build');
    expect(await built(id)).toMatchObject({ status: 'deployed', pending_changes: false });
    expect((await call('GET', `/api/${path}`)).body).toBe('new');
  });

  test('undeploying takes effect at once, whatever the state', async () => {
    const { callback_id: id, path } = await deployed();
    const undone = read(await deploy(id, false), 200, Callback);
    expect(undone).toMatchObject({ status: 'undeployed', live: false, pending_changes: true });
    refused(await get(`/api/${path}`), 404, 'CALLBACK_NOT_REGISTERED');
    expect(read(await deploy(id, false), 200, Callback).status).toBe('undeployed');
    await redeployed(id);
    read(await deploy(id), 200, Callback);
    expect(read(await deploy(id, false), 200, Callback).status).toBe('undeployed');
    expect(await readCallback(id)).toMatchObject({ status: 'undeployed', live: false });
  });

  test('a callback that is being built is not deleted on its own', async () => {
    const { callback_id: id } = await register();
    const [, deletion] = await Promise.all([deploy(id), remove(id)]);
    const { status } = deletion;
    // Whichever came first: deleted before it was built, or refused while it was.
    if (status === 200) read(deletion, 200, Message);
    else {
      refused(deletion, 400, 'CALLBACK_BUILDING');
      await built(id);
      read(await remove(id), 200, Message);
    }
    refused(await get(`/callbacks/${id}`), 404, 'CALLBACK_NOT_FOUND');
  });
});

/** See docs/contracts/callbacks.md#bad-input. */
describe('what is refused', () => {
  test.each(['/deploy/', '/callback/deploy'])('at %s', async (path) => {
    const { callback_id: id } = await register();
    const refusedField = async (json: unknown) => refused(await post(path, json), 400, 'VALIDATION_ERROR').details;
    expect(await refusedField({ callback_id: id })).toEqual({ field: 'status' });
    expect(await refusedField({ callback_id: id, status: 'true' })).toEqual({ field: 'status' });
    expect(await refusedField({ callback_id: id, status: true, c_type: 'podman' })).toEqual({ field: 'c_type' });
    expect(await refusedField({ callback_id: 'x', status: true })).toEqual({ field: 'callback_id' });
    refused(await send('POST', path, { raw: 'status=true' }), 400, 'INVALID_JSON');
    refused(await post(path, { callback_id: 99999, status: true }), 404, 'CALLBACK_NOT_FOUND');
    refused(await get(path), 405, 'METHOD_NOT_ALLOWED');
  });
});
