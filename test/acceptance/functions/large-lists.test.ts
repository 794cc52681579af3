import { get, post, read, refusal, send } from '../../support/api';
import {
  base64,
  firstFunction,
  FunctionConfig,
  invoke,
  Logs,
  logsOf,
  newFunction,
  newWorkspace,
  patch,
  PYTHON,
} from './support';

/** Lists are one answer, and an answer has its limits: what is long is shortened, and nobody gets a 500. */

test('logs of functions that print much are all there, the older ones shortened', async () => {
  const { path, workspace } = await firstFunction('def handler(e):\n    for i in range(200): print("x" * 8100)\n');
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) ids.unshift((await invoke(path, { pad: 'y'.repeat(5_000) })).id);
  for (const place of [path, workspace]) {
    const { logs, total } = read(await get(`${place}/logs?limit=500`), 200, Logs);
    expect(logs.map(({ id }) => id)).toEqual(ids);
    expect(total).toBe(8);
    expect(logs[0]?.logs.length).toBeGreaterThan(100);
    expect(logs[7]?.logs).toEqual([expect.stringMatching(/^\.\.\. 1\d\d more lines were left out\.$/)]);
    expect(logs[7]?.requestBody).toEqual({
      truncated: true,
      bytes: 5_010,
      preview: `{"pad":"${'y'.repeat(1_016)}`,
    });
  }
});

test('live lines: as many of the newest as an answer carries', async () => {
  const { path, config } = await newFunction('def handler(e):\n    for i in range(130): print(chr(1) * 8000)\n');
  for (let n = 0; n < 2; n += 1) {
    const { level, logs } = await invoke(path);
    expect({ level, logs }).toEqual({ level: 'warn', logs: ['... 130 more lines were left out.'] });
  }
  const answer = await get(`/api/functions/${config.id}/loki-logs?limit=1000`);
  expect(answer.status).toBe(200);
});

test.each<[string, string, number]>([
  ['text', 'return {"statusCode": 200, "body": "x" * 300000}', 300_011],
  ['a value', 'return "x" * 300000', 300_002],
  ['an object', 'return {"x": "y" * 300000}', 300_008],
  ['text with headers', 'return {"statusCode": 200, "headers": {"x-a": "b}c"}, "body": "x" * 70000}', 70_011],
])('a stored answer that is too large to be listed has its own size and beginning: %s', async (_what, line, bytes) => {
  const { path } = await newFunction(`def handler(e):\n    ${line}\n`);
  const log = await invoke(path);
  const whole = JSON.stringify(log.responseBody);
  expect(Buffer.byteLength(whole)).toBe(bytes);
  const [listed] = await logsOf(path);
  expect(listed?.responseBody).toEqual({ truncated: true, bytes, preview: whole.slice(0, 1_024) });
});

test('settings have a quota too, so that the list of a workspace can always be answered', async () => {
  const { id } = await newWorkspace();
  const path = `/api/workspaces/${id}/functions`;
  const control = '\u0001';
  const settings = {
    name: `n${control.repeat(98)}n`,
    description: control.repeat(1_000),
    code: base64(`${PYTHON}#${'x'.repeat(30_000)}`),
  };
  const created: string[] = [];
  let refusedWith: unknown;
  for (let n = 0; n < 300 && refusedWith === undefined; n += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(path, settings)));
    for (const answer of answers) {
      if (answer.status === 201) created.push(read(answer, 201, FunctionConfig).id);
      else refusedWith = refusal(answer, 409, 'QUOTA_EXCEEDED').details;
    }
  }
  expect(refusedWith).toBeDefined();
  const listed = read(await get(path), 200, FunctionConfig.array());
  expect(listed.map((config) => config.id).sort()).toEqual(created.sort());
  // What makes room again makes room.
  const first = `${path}/${created[0] ?? ''}`;
  read(await patch(first, { description: '' }), 200, FunctionConfig);
  expect((await send('DELETE', `${path}/${created[1] ?? ''}`)).status).toBe(204);
  expect((await post(path, settings)).status).toBe(201);
});
