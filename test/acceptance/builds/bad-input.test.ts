import { zipSync } from 'fflate';
import { get, post, read, refusal, send } from '../../support/api';
import { ended, form, Queued, TaskList, upload, type Upload } from '../../support/builds';

/** docs/contracts/builds.md#bad-input. Nothing of what is refused here may be kept. */
const WORKSPACE = 'ws-bad-builds';
const CODE = 'def handler(event, context):\n    return 1\n';
const py: Upload = { name: 'app.py', content: CODE };
const inWorkspace = { workspace_id: WORKSPACE };

afterAll(async () => {
  expect(read(await get(`/api/v1/workspaces/${WORKSPACE}/tasks`), 200, TaskList).count).toBe(0);
});

test('a body that is no form, or is cut off', async () => {
  const { raw, headers } = await form(py, inWorkspace);
  refusal(await post('/api/v1/build', { file: 'x' }), 400, 'INVALID_MULTIPART');
  refusal(
    await send('POST', '/api/v1/build', { raw: 'x', headers: { 'Content-Type': 'multipart/form-data' } }),
    400,
    'INVALID_MULTIPART',
  );
  for (const part of [0.2, 0.6, 0.95])
    refusal(
      await send('POST', '/api/v1/build', { raw: raw.slice(0, Math.floor(raw.length * part)), headers }),
      400,
      'INVALID_MULTIPART',
    );
});

test.each<[string, string, string]>([
  ['missing', '', ''],
  ['without a name', 'Content-Disposition: form-data; name="file"', CODE],
  [
    'with an empty name',
    'Content-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream',
    CODE,
  ],
  ['empty', 'Content-Disposition: form-data; name="file"; filename="app.py"', ''],
])('a file that is %s', async (_, header, content) => {
  const part = header === '' ? '' : `--b\r\n${header}\r\n\r\n${content}\r\n`;
  const raw = `--b\r\nContent-Disposition: form-data; name="workspace_id"\r\n\r\n${WORKSPACE}\r\n${part}--b--\r\n`;
  const answer = await send('POST', '/api/v1/build', {
    raw,
    headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
  });
  expect(refusal(answer, 400, 'VALIDATION_ERROR').details).toEqual({ field: 'file' });
});

test('a file twice', async () => {
  const part = `--b\r\nContent-Disposition: form-data; name="file"; filename="app.py"\r\n\r\n${CODE}\r\n`;
  const answer = await send('POST', '/api/v1/build', {
    raw: `${part}${part}--b--\r\n`,
    headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
  });
  expect(refusal(answer, 400, 'VALIDATION_ERROR').details).toEqual({ field: 'file' });
});

test('another type of file, an upload above the limit', async () => {
  for (const name of ['app.tar', 'app', 'app.py.txt', 'zip'])
    refusal(await upload('build', { name, content: 'x' }, inWorkspace), 400, 'UNSUPPORTED_FILE_TYPE');
  for (const path of ['build', 'build-and-push'] as const)
    refusal(
      await upload(path, { name: 'a.py', content: Buffer.alloc(5 * 1024 * 1024, '#') }, inWorkspace),
      413,
      'PAYLOAD_TOO_LARGE',
    );
});

const x = Buffer.from('x');
const zipped = (files: Parameters<typeof zipSync>[0]): Buffer => Buffer.from(zipSync(files));
/** As an archive says it that has a password. */
function encrypted(): Buffer {
  const bytes = zipped({ 'app.py': x });
  const entry = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  bytes.writeUInt16LE(bytes.readUInt16LE(entry + 8) | 1, entry + 8);
  return bytes;
}

test.each<[string, Buffer]>([
  ['NOT_A_ZIP', Buffer.from('no zip at all')],
  ['NOT_A_ZIP', zipped({ 'app.py': x }).subarray(0, 60)],
  ['TOO_LARGE', zipped({ a: Buffer.alloc(26 * 1024 * 1024), b: Buffer.alloc(26 * 1024 * 1024) })],
  ['TOO_MANY_ENTRIES', zipped(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`f${index}.py`, x])))],
  ['SPECIAL_FILE', zipped({ link: [x, { os: 3, attrs: (0o120777 << 16) >>> 0 }] })],
  ['UNSAFE_PATH', zipped({ '/etc/cron.d/x': x })],
  ['UNSAFE_PATH', zipped({ 'lib/../../up.py': x })],
  ['UNSAFE_PATH', zipped({ 'C:/up.py': x })],
  ['UNSAFE_PATH', zipped({ 'lib\\up.py': x })],
  ['UNSAFE_PATH', zipped({ 'up.py\0.txt': x })],
  ['DUPLICATE_NAME', zipped({ 'App.py': x, 'app.PY': x })],
  ['DUPLICATE_NAME', zipped({ 'caf\u00e9.py': x, 'cafe\u0301.py': x })],
  ['ENCRYPTED', encrypted()],
])('an archive that is %s', async (reason, content) => {
  for (const path of ['build', 'build-and-push'] as const)
    expect(
      refusal(await upload(path, { name: 'a.zip', content }, inWorkspace), 400, 'INVALID_ARCHIVE').details,
    ).toMatchObject({ field: 'file', reason });
});

test('an unsafe archive, as the contract shows it', async () => {
  const content = zipped({ '../up.py': x });
  const { message, details } = refusal(
    await upload('build', { name: 'a.zip', content }, inWorkspace),
    400,
    'INVALID_ARCHIVE',
  );
  expect(message).toBe('The archive contains a path outside its root');
  expect(details).toEqual({ field: 'file', reason: 'UNSAFE_PATH', entry: '../up.py' });
});

test.each([
  ['workspace_id', 'a b'],
  ['workspace_id', 'x'.repeat(65)],
  ['target', 'docker'],
  ['type_check', 'maybe'],
  ['app_name', 'x'.repeat(201)],
  ['tag', '.bad'],
  ['tag', 'x'.repeat(129)],
])('a form with a wrong %s', async (field, value) => {
  const answer = await upload('build-and-push', py, { ...inWorkspace, [field]: value });
  expect(refusal(answer, 400, 'VALIDATION_ERROR').details).toEqual({ field });
});

// Names of this machine alone: that others are refused as well is shown of the list itself (test/unit/builds/requests.test.ts).
test.each([
  'registry.invalid/team/app',
  'localhost:5000/app',
  '127.0.0.1/app',
  '127.1:80/latest',
  '2130706433/app',
  '0x7f000001/app',
  '[::1]/app',
  '[::ffff:127.0.0.1]:5000/app',
  'user@localhost/app',
  'http://localhost/app',
  'https://localhost/app:v1',
  'localhost/../app',
  'app',
])('the registry %s is not allowed', async (registry_url) => {
  const answer = await upload('build-and-push', py, { ...inWorkspace, registry_url });
  expect(refusal(answer, 400, 'REGISTRY_NOT_ALLOWED').details).toEqual({ field: 'registry_url' });
});

test('a push of what is of nobody, of another workspace, or nowhere', async () => {
  const { source_s3_path } = read(await upload('build', py, { workspace_id: 'ws-owner-of-source' }), 202, Queued);
  const own = (path: string | null) => ({
    registry_url: 'registry.invalid/app',
    workspace_id: WORKSPACE,
    s3_source_path: path,
  });
  const wrong = [
    source_s3_path ?? '',
    's3://other/build-sources/x/',
    `${source_s3_path?.replace('ws-owner-of-source', WORKSPACE) ?? ''}../../x`,
  ];
  for (const path of wrong)
    expect(refusal(await post('/api/v1/push', own(path)), 400, 'VALIDATION_ERROR').details).toEqual({
      field: 's3_source_path',
    });
  const { s3_source_path: _, ...without } = own(null);
  expect(refusal(await post('/api/v1/push', without), 400, 'VALIDATION_ERROR').details).toEqual({
    field: 's3_source_path',
  });
  expect(
    refusal(
      await post('/api/v1/push', own(source_s3_path?.replace('ws-owner-of-source', WORKSPACE) ?? '')),
      400,
      'REGISTRY_NOT_ALLOWED',
    ).details,
  ).toEqual({ field: 'registry_url' });
  refusal(
    await send('POST', '/api/v1/push', { raw: '{', headers: { 'Content-Type': 'application/json' } }),
    400,
    'INVALID_JSON',
  );
  expect(
    refusal(await post('/api/v1/push', { ...own(source_s3_path), tag: '.bad' }), 400, 'VALIDATION_ERROR').details,
  ).toEqual({ field: 'tag' });
});

test('a push of a build that is not known, or of something else than was built', async () => {
  const workspace_id = 'ws-bad-pushes';
  const { task_id, source_s3_path } = read(await upload('build-and-push', py, { workspace_id }), 202, Queued);
  const { result } = await ended(task_id);
  const registry_url = result?.image_url?.replace(/:[^:/]+$/, '');
  const asked = (more: object) =>
    post('/api/v1/push', { registry_url, workspace_id, s3_source_path: source_s3_path, ...more });
  const unknown = source_s3_path?.replace(task_id, 'nobodys');
  refusal(await asked({ s3_source_path: unknown }), 404, 'NOT_FOUND');
  for (const [field, value] of [
    ['target', 'spin'],
    ['target', 'docker'],
    ['registry_url', null],
    ['registry_url', 7],
    ['s3_source_path', null],
    ['s3_source_path', `${source_s3_path ?? ''}../x`],
    ['s3_source_path', source_s3_path?.replace('s3://', 'https://')],
    ['tag', 'a b'],
    ['workspace_id', '_x'],
    ['password', 7],
  ])
    expect(refusal(await asked({ [String(field)]: value }), 400, 'VALIDATION_ERROR').details).toEqual({ field });
  const { count } = read(await get(`/api/v1/workspaces/${workspace_id}/tasks`), 200, TaskList);
  expect(count).toBe(1);
});

test('too many tasks at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => upload('build', py, { workspace_id: 'ws-crowd' })),
  );
  const refused = answers.filter(({ status }) => status !== 202);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) {
    // A machine without room for thirty calls says so first.
    if (answer.status === 503) refusal(answer, 503, 'SERVICE_UNAVAILABLE');
    else refusal(answer, 429, 'RATE_LIMITED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
});

test('a manifest of wrong fields', async () => {
  expect(refusal(await post('/api/v1/scaffold', {}), 400, 'VALIDATION_ERROR').details).toEqual({ field: 'image_ref' });
  expect(
    refusal(await post('/api/v1/scaffold', { image_ref: 'a', replicas: 0 }), 400, 'VALIDATION_ERROR').details,
  ).toEqual({ field: 'replicas' });
});
