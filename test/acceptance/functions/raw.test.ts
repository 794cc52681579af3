import { post, refusal, target } from '../../support/api';
import { logsOf, newFunction } from './support';

/** The function's own answer, without the log around it (docs/contracts/functions.md#raw-answer). */

test('raw=true answers with the function’s own status, type and body, in a sandbox', async () => {
  const source =
    'def handler(e):\n    return {"statusCode": 418, "headers": {"Content-Type": "text/html", "X-Own": "1", "content-disposition": "attachment", "Set-Cookie": "a=b", "X-Log-Id": "mine"}, "body": "<b>tea</b>"}\n';
  const { path } = await newFunction(source);
  const answer = await post(`${path}/invoke?raw=true`, {});
  expect(answer).toMatchObject({ status: 418, text: '<b>tea</b>' });
  expect(answer.headers.get('content-type')).toBe('text/html');
  expect(answer.headers.get('content-security-policy')).toBe('sandbox');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-own')).toBe('1');
  expect(answer.headers.get('content-disposition')).toBe('attachment');
  expect(answer.headers.get('set-cookie')).toBeNull();
  const [log] = await logsOf(path);
  expect(log).toMatchObject({ id: answer.headers.get('x-log-id'), statusCode: 418, status: 'error' });
});

test.each<[string, string, number]>([
  ['text', '"é" * 2400000', 4_800_000],
  ['text that JSON has to escape', '"\\x01" * 800000', 800_000],
  ['bytes', 'b"\\xff" * 3900000', 3_900_000],
])('raw=true carries megabytes of %s as they are', async (_what, body, length) => {
  const source = `from spin_sdk.http import Response\ndef handler(e):\n    body = ${body}\n    return Response(200, {"content-type": "x/y"}, body if isinstance(body, bytes) else body.encode())\n`;
  const { path } = await newFunction(source, { memory: 512 });
  const { url, key } = target();
  const answer = await fetch(`${url}${path}/invoke?raw=true`, {
    method: 'POST',
    ...(key !== undefined && { headers: { 'X-API-Key': key } }),
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'x/y']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.length).toBe(length);
  expect(new Set(bytes)).toEqual(new Set(body.includes('é') ? Buffer.from('é') : [body.includes('xff') ? 0xff : 1]));
});

test('raw=true keeps the error body of a call that failed, and shows what user code raised', async () => {
  const slow = await newFunction('import time\ndef handler(e):\n    time.sleep(60)\n', { timeout: 1 });
  const failed = await post(`${slow.path}/invoke?raw=true`, {});
  refusal(failed, 504, 'TIMEOUT');
  expect(failed.headers.get('x-log-id')).toBe((await logsOf(slow.path))[0]?.id);
  const raising = await newFunction('def handler(e):\n    raise ValueError("no")\n');
  const raised = await post(`${raising.path}/invoke?raw=true`, {});
  expect(raised.status).toBe(500);
  expect(JSON.parse(raised.text)).toMatchObject({ error: 'ValueError', message: 'no' });
});

test('raw is true or false and nothing else', async () => {
  const { path } = await newFunction();
  expect(refusal(await post(`${path}/invoke?raw=yes`, {}), 400, 'VALIDATION_ERROR').details).toMatchObject({
    field: 'raw',
  });
  expect((await post(`${path}/invoke?raw=false`, {})).text).toContain('"statusCode":200');
});
