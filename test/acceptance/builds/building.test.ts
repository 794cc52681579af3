import { strToU8, zipSync } from 'fflate';
import { get, post, read, refusal } from '../../support/api';
import { built, ended, Queued, readTask, TaskList, upload, type Upload } from '../../support/builds';

const HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "hello"}\n';
const py = (content = HANDLER, name = 'stock.py'): Upload => ({ name, content });
const zip = (files: Readonly<Record<string, string>>): Upload => ({
  name: 'App.ZIP',
  content: Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])))),
});

test('a file becomes an artifact, step by step, under one id', async () => {
  const queued = read(await upload('build', py(), { workspace_id: 'ws-builds', app_name: 'Stock Watch' }), 202, Queued);
  expect(queued).toMatchObject({ message: 'Build queued', target: 'lambda', ignored_fields: [], warnings: [] });
  expect(queued.source_s3_path).toMatch(new RegExp(`^s3://[^/]+/build-sources/ws-builds/${queued.task_id}/$`));
  await readTask(queued.task_id);
  const task = await ended(queued.task_id);
  expect(task).toMatchObject({
    status: 'completed',
    stage: 'finished',
    error: null,
    app_name: 'stockwatch',
    workspace_id: 'ws-builds',
    result: { wasm_path: null, image_url: null, image_uri: null, file_path: queued.source_s3_path },
  });
  expect(task.result?.artifact).toMatchObject({ kind: 'lambda-zip' });
  expect(task.result?.artifact.path).toMatch(new RegExp(`/build-artifacts/${task.task_id}/app\\.zip$`));
});

test('equal sources give equal artifacts', async () => {
  const [one, other] = await Promise.all([built(py()), built(py())]);
  expect(one.result?.artifact.sha256).toBe(other.result?.artifact.sha256);
});

test('a syntax error fails the build and is told by its place', async () => {
  const task = await built(py('def handler(event, context)\n    return 1\n'));
  expect(task).toMatchObject({ status: 'failed', stage: 'finished', result: null, error_code: 'SYNTAX_ERROR' });
  expect(task.error).toMatch(/^stock\.py:1:\d+: error: /);
});

test('type findings are warnings, or fail the build, or are not looked for', async () => {
  const code = 'def handler(event, context):\n    return 1\n\nx: int = "a"\n';
  const [warn, strict, off] = await Promise.all(
    ['warn', 'strict', 'off'].map((type_check) => built(py(code), { type_check })),
  );
  expect(warn).toMatchObject({ status: 'completed', warnings: [expect.stringMatching(/^stock\.py:4:\d+: error: /)] });
  expect(strict).toMatchObject({ status: 'failed', error_code: 'TYPE_CHECK_FAILED' });
  expect(off).toMatchObject({ status: 'completed', warnings: [] });
});

test('the layout of an archive decides what is called', async () => {
  const [usual, none, noToml, named] = await Promise.all([
    built(zip({ 'main.py': HANDLER, 'lib/part.py': 'x = 1\n' })),
    built(zip({ 'a.py': HANDLER, 'b.py': HANDLER })),
    built(zip({ 'app.py': HANDLER, 'deep/spin.toml': '' }), { target: 'spin' }),
    built(
      zip({
        'a.py': HANDLER,
        'b.py': HANDLER,
        'spin.toml': 'command = "componentize-py -w spin-http componentize b -o app.wasm"\n',
      }),
    ),
  ]);
  expect(usual.status).toBe('completed');
  expect(none).toMatchObject({ status: 'failed', error_code: 'NO_ENTRY_POINT' });
  expect(noToml).toMatchObject({ status: 'failed', error_code: 'SPIN_TOML_MISSING' });
  expect(named.status).toBe('completed');
});

test('tasks of a workspace are listed, newest first', async () => {
  const workspace_id = 'ws-builds-list';
  const first = await built(py(), { workspace_id });
  const second = await built(py(), { workspace_id });
  const list = read(await get(`/api/v1/workspaces/${workspace_id}/tasks/`), 200, TaskList);
  expect([list.tasks.map(({ task_id }) => task_id), list.count]).toEqual([[second.task_id, first.task_id], 2]);
  const one = read(await get(`/api/v1/workspaces/${workspace_id}/tasks?limit=1`), 200, TaskList);
  expect(one.tasks.map(({ task_id }) => task_id)).toEqual([second.task_id]);
  for (const limit of ['0', '201', 'x'])
    expect(
      refusal(await get(`/api/v1/workspaces/${workspace_id}/tasks?limit=${limit}`), 400, 'VALIDATION_ERROR').details,
    ).toEqual({ field: 'limit' });
});

test('a task is there for its own workspace only', async () => {
  const { task_id } = await built(py());
  refusal(await get(`/api/v1/tasks/${task_id}?workspace_id=ws-other`), 404, 'NOT_FOUND');
  refusal(await get('/api/v1/tasks/nobodys'), 404, 'NOT_FOUND');
  read(await get(`/api/v1/tasks/${task_id}?workspace_id=ws-default`), 200, TaskList.shape.tasks.element);
});

test('the same key and form is one task, whatever the boundary; another file is another request', async () => {
  const key = { 'Idempotency-Key': `build-${Date.now()}` };
  const first = await upload('build', py(), {}, key);
  const again = await upload('build', py(), {}, key);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(read(again, 202, Queued)).toEqual(read(first, 202, Queued));
  refusal(await upload('build', py('x = 1\n'), {}, key), 409, 'IDEMPOTENCY_KEY_REUSED');
});

test('what was built is published under the tag that was wished for, and again without an upload', async () => {
  const fields = { tag: 'v4', app_dir: '/srv/x', username: 'AWS', password: 'dummy-password' };
  const queued = read(await upload('build-and-push', py(), fields), 202, Queued);
  expect(queued).toMatchObject({ message: 'Build and push queued', ignored_fields: ['app_dir'], warnings: [] });
  const task = await ended(queued.task_id);
  expect(task).toMatchObject({ status: 'completed' });
  const { image_url, image_uri, digest } = task.result ?? {};
  expect(image_url).toMatch(/^[^/]+\/.+:v4$/);
  expect(image_uri).toBe(image_url);
  const registry_url = `https://${image_url?.replace(/:v4$/, '') ?? ''}`;
  const push = { registry_url, workspace_id: 'ws-default', s3_source_path: queued.source_s3_path, password: 'secret' };
  const pushing = read(await post('/api/v1/push', push), 202, Queued);
  expect(pushing).toMatchObject({ message: 'Push queued', source_s3_path: null, ignored_fields: ['password'] });
  expect(pushing.warnings).toEqual([expect.stringMatching(/^password/)]);
  const pushed = await ended(pushing.task_id);
  expect(pushed.result?.digest).toBe(digest);
  expect(pushed.result?.image_url).toMatch(/:[0-9a-f]{12}$/);
  expect(JSON.stringify(pushed)).not.toContain('secret');
});

test('a push waits for its build, and fails as that fails', async () => {
  const broken = read(await upload('build', py('def')), 202, Queued);
  const image = (await ended(read(await upload('build-and-push', py()), 202, Queued).task_id)).result?.image_url ?? '';
  const registry_url = image.slice(0, image.lastIndexOf(':'));
  const going = read(await upload('build', py()), 202, Queued);
  const push = async (s3_source_path: string | null) =>
    ended(read(await post('/api/v1/push', { registry_url, s3_source_path }), 202, Queued).task_id);
  const [failed, completed] = await Promise.all([
    push(broken.source_s3_path),
    push(`${going.source_s3_path ?? ''}stock.py`),
  ]);
  expect(failed).toMatchObject({ status: 'failed', error_code: 'SYNTAX_ERROR' });
  expect(completed).toMatchObject({ status: 'completed' });
});
