import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { readAnswer } from '../../../lambdas/engine/events/http-answer';
import { eventOf } from '../../../lambdas/functions/invoke/request-body';
import { SandboxEnvironment } from '../sandbox/support/environment';
import { sha256 } from '../sandbox/support/bundles';
import { RunningComponent } from './support/component';
import { PresignedStore } from './support/store';
import { Toolchain } from './support/toolchain';

/** Components of functions: built by the package as it is deployed, run by wasmtime, compared with what a sandbox says. */

const DEADLINE_MS = 500_000;

/** One module has every form of entry point (docs/contracts/functions.md#engine-contract): its environment says which. */
const CODE = `
import os
FORM = os.environ["FORM"]
print("imported", FORM)

def answer(request):
    from spin_sdk.http import Response
    return Response(201, {"X-Shop": "7"}, request.body + request.method.encode() + request.uri.encode())

if FORM == "class":
    from spin_sdk.http import IncomingHandler as Base
    class IncomingHandler(Base):
        def handle_request(self, request):
            return answer(request)
elif FORM == "factory":
    class Thing:
        async def handle_request(self, request):
            return answer(request)
    def init_incoming_handler():
        return Thing()
elif FORM == "request":
    def handle_request(request):
        return answer(request)
elif FORM == "lambda":
    def lambda_handler(event, context):
        return {"statusCode": 202, "headers": {"content-type": "text/html"}, "body": "<b>" + context.functionId}
elif FORM == "event":
    async def handler(event):
        return event
elif FORM == "tasks":
    import asyncio
    async def later(seconds):
        await asyncio.sleep(seconds)
        return seconds
    async def handler():
        return await asyncio.gather(later(0.02), asyncio.wait_for(later(0.01), 5))
elif FORM == "bytes":
    def handler():
        return {"statusCode": 200, "body": b"\\xff\\x00"}
elif FORM == "text":
    def handler():
        return {"statusCode": 299, "body": "[1, 2]"}
elif FORM == "stdlib":
    import tomllib, difflib, email.mime.text
    def handler(event):
        return tomllib.loads(event["body"]["toml"])
elif FORM == "raises":
    def handler(event):
        return event["body"]["missing"]
elif FORM == "not-json":
    def handler(event):
        return {1, 2}
elif FORM == "exits":
    def handler(event):
        raise SystemExit(3)
elif FORM == "top-level":
    raise ValueError("no")
`;
const SOURCE = {
  'shop.py': CODE,
  'at_build.py': 'raise SystemExit("user code ran")\n',
  'lib/__init__.py': '',
  'lib/prices.py': 'SEVEN = 7\n',
};
const BODY = { id: 'A-31', toml: 'a = 1' };

let store: PresignedStore;
let toolchain: Toolchain;
let sandbox: SandboxEnvironment;
let component: RunningComponent;
let folder: string;

const build = (files: Readonly<Record<string, string>>, module: string): Promise<unknown> => {
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  const sourceUrl = store.put('source.zip', zip);
  return toolchain.ask({ do: 'componentize', sourceUrl, module, uploadUrl: store.address('app.wasm', 'PUT') });
};

beforeAll(async () => {
  store = await PresignedStore.start();
  toolchain = await Toolchain.start();
  sandbox = await SandboxEnvironment.start('python');
  folder = mkdtempSync(path.join(tmpdir(), 'narae-component-'));
  const answer = await build(SOURCE, 'shop');
  const made = store.objects.get('/app.wasm') ?? Buffer.alloc(0);
  expect(answer).toEqual({ ok: true, sha256: sha256(made), bytes: made.length });
  writeFileSync(path.join(folder, 'app.wasm'), made);
  component = await RunningComponent.start(path.join(folder, 'app.wasm'));
}, DEADLINE_MS);

afterAll(async () => {
  component.stop();
  await Promise.all([toolchain.stop(), sandbox.stop()]);
  store.stop();
  rmSync(folder, { recursive: true, force: true });
});

const CONTEXT = { functionId: 'fn-1', timeoutMs: 30_000 };

const ofComponent = (form: string, body: string = JSON.stringify(BODY)) =>
  component.ask(
    { method: 'POST', uri: '/', headers: { 'content-type': 'application/json' }, body: strToU8(body) },
    { env: { FORM: form }, context: CONTEXT },
  );

test.each(['class', 'factory', 'request', 'lambda', 'event', 'tasks', 'bytes', 'text', 'stdlib'])(
  'answers as an invoke does: %s',
  async (form) => {
    const { value } = await sandbox.run({
      code: CODE,
      convention: 'function',
      module: 'shop',
      function: 'lambda_handler',
      fallbacks: ['handler'],
      event: JSON.parse(eventOf({ value: BODY, text: JSON.stringify(BODY) })) as unknown,
      env: { FORM: form },
      context: CONTEXT,
    });
    const invoked = readAnswer(JSON.stringify(value));
    const answered = await ofComponent(form);
    expect({ status: answered.statusCode, type: answered.headers['content-type'], body: answered.body }).toEqual({
      status: invoked.statusCode,
      type: invoked.contentType,
      body: invoked.raw(),
    });
  },
);

test.each([
  ['raises', { error: 'KeyError', message: "'missing'", traceback: ['shop.py, line 49, in handler'] }],
  ['not-json', { error: 'INVALID_RESULT', message: 'Object of type set is not JSON serializable' }],
  ['exits', { error: 'EXITED', message: 'the code ended with exit code 3 before it returned' }],
  ['top-level', { error: 'ValueError', message: 'no', traceback: ['shop.py, line 57, in <module>'] }],
  ['none', { error: 'HANDLER_NOT_FOUND', message: 'shop.py has no function lambda_handler or handler' }],
])('says of failures what an invoke does: %s', async (form, told) => {
  const { statusCode, body } = await ofComponent(form);
  expect({ statusCode, told: JSON.parse(body.toString()) as unknown }).toEqual({ statusCode: 500, told });
});

test('gives the event of other requests, without credentials', async () => {
  const request = {
    method: 'GET',
    uri: '/a/b?q=1&q=2',
    headers: { accept: '*/*', cookie: 'a=b', authorization: 'Basic x' },
    body: strToU8('ignored'),
  };
  const { body } = await component.ask(request, { env: { FORM: 'event' } });
  expect(JSON.parse(body.toString())).toEqual({
    q: '2',
    httpMethod: 'GET',
    path: 'a/b',
    queryStringParameters: { q: '2' },
    headers: { accept: '*/*' },
    body: {},
    rawBody: 'ignored',
    isBase64Encoded: false,
  });
});

test('hands over bytes as they are', async () => {
  const request = { method: 'PUT', uri: '/', headers: {}, body: Uint8Array.of(255, 0) };
  const { body } = await component.ask(request, { env: { FORM: 'class' } });
  expect(body).toEqual(Buffer.concat([Buffer.of(255, 0), Buffer.from('PUT/')]));
});

test('refuses a module that is not there, and packages of machine code', async () => {
  expect(await build(SOURCE, 'shop.none')).toMatchObject({ ok: false, errorCode: 'NO_ENTRY_POINT' });
  expect(await build({ ...SOURCE, 'numpy/core/multiarray.so': '' }, 'shop')).toEqual({
    ok: false,
    errorCode: 'DEPENDENCY_ERROR',
    reason: 'numpy needs machine code, which a component cannot run',
  });
});
