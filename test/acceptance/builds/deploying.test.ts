import { get, read, refusal, send } from '../../support/api';
import { deploy, Deployed, deployedApp, ended, Queued, upload } from '../../support/builds';
import { waitFor } from '../../support/wait';
import { configOf, invoke, newFunction, patch } from '../functions/support';

/** Deploys on Lambda (docs/contracts/builds.md#deploy-lambda), as a caller sees them. */

async function imageOf(code: string, name = 'app'): Promise<string> {
  const queued = read(await upload('build-and-push', { name: `${name}.py`, content: code }), 202, Queued);
  const task = await ended(queued.task_id);
  if (!task.result?.image_url) throw new Error(`It was not pushed: ${JSON.stringify(task)}`);
  return task.result.image_url;
}

let serial = 0;
/** A name that no other test of this run has. */
const newName = (): string => `d${process.pid}t${(serial += 1)}`;

const sayer = (text: string): string => `def handler(event):\n    return ${JSON.stringify(text)}\n`;

test('what the console does: build and push, deploy with what that gave, tell the function, invoke', async () => {
  const code =
    'import os\n\ndef handler(event, context):\n    return {"of": context.functionId, "key": os.environ["SHOP_KEY"], "got": event["body"]}\n';
  const settings = { code: Buffer.from(code).toString('base64'), environmentVariables: { SHOP_KEY: 'k-7719' } };
  const made = await newFunction(undefined, { name: '주식 Watch', ...settings });
  const before = await invoke(made.path, { n: 1 });
  const fields = { username: 'AWS', password: 'dummy-password', tag: 'sha256', app_name: newName() };
  const file = { name: '주식 Watch.py', content: code };
  const queued = read(await upload('build-and-push', file, fields), 202, Queued);
  const image_ref = (await ended(queued.task_id)).result?.image_url;
  const body = { image_ref, function_id: made.config.id, enable_autoscaling: true, use_spot: false };
  const answer = await deployedApp({ app_name: fields.app_name, ...body });
  expect(answer).toMatchObject({
    app_name: fields.app_name,
    service_name: fields.app_name,
    namespace: 'default',
    enable_autoscaling: true,
    use_spot: false,
    target: 'lambda',
    ignored_fields: [],
    warnings: [],
  });
  const config = await configOf(made.path);
  expect(config).toMatchObject({ status: 'active', invocationUrl: answer.endpoint });
  expect(Date.parse(config.lastDeployed ?? '')).toBeGreaterThan(Date.parse(config.lastModified));
  const change = { status: 'active', invocationUrl: answer.endpoint, lastDeployed: new Date().toISOString() };
  expect((await patch(made.path, change)).status).toBe(200);
  const after = await invoke(made.path, { n: 1 });
  expect(after).toMatchObject({ statusCode: 200, status: 'success', responseBody: before.responseBody, logs: [] });
  expect(after.responseBody).toEqual({ of: made.config.id, key: 'k-7719', got: { n: 1 } });
  const unsigned = await fetch(answer.endpoint ?? '', { method: 'POST', body: '{}' });
  expect(unsigned.status).toBe(403);
});

test.each([
  [
    'a Response',
    'from spin_sdk.http import Response\n\ndef handle_request(request):\n    return Response(201, {"x-a": "b"}, request.body)\n',
  ],
  [
    'a class',
    'from spin_sdk.http import IncomingHandler as Base, Response\n\nclass IncomingHandler(Base):\n    def handle_request(self, request):\n        return Response(200, {}, bytes(request.method, "utf-8"))\n',
  ],
  [
    'an async handler',
    'async def lambda_handler(event, context):\n    return {"statusCode": 404, "body": {"n": event["n"]}}\n',
  ],
  ['code that raises', 'def handler(event):\n    raise ValueError("no " + str(event["n"]))\n'],
  ['a result that is no JSON', 'def handler(event):\n    return {1, 2}\n'],
])('%s answers as it did before', async (_what, code) => {
  const made = await newFunction(undefined, { code: Buffer.from(code).toString('base64') });
  const shown = async () => {
    const { status, statusCode, responseBody, requestBody, level } = await invoke(made.path, { n: 7 });
    return { status, statusCode, responseBody, requestBody, level };
  };
  const before = await shown();
  await deployedApp({ app_name: newName(), image_ref: await imageOf(code, 'main'), function_id: made.config.id });
  expect(await shown()).toEqual(before);
});

test('an update answers at the same address, and an old image deployed again is the way back', async () => {
  const made = await newFunction();
  const [first, second] = await Promise.all([imageOf(sayer('first')), imageOf(sayer('second'))]);
  const of = { app_name: newName(), function_id: made.config.id };
  const said = async () => (await invoke(made.path, {})).responseBody;
  const { endpoint } = await deployedApp({ ...of, image_ref: first });
  expect(await said()).toBe('first');
  expect((await deployedApp({ ...of, image_ref: second })).endpoint).toBe(endpoint);
  expect(await said()).toBe('second');
  const back = await deployedApp({ ...of, image_ref: first });
  expect(back.endpoint).toBe(endpoint);
  expect(await said()).toBe('first');
  expect(await deployedApp({ ...of, image_ref: first })).toEqual(back);
});

test('what a function is deployed as is removed with it, and the name is free', async () => {
  const made = await newFunction();
  const image_ref = await imageOf(sayer('gone'));
  const app_name = newName();
  await deployedApp({ app_name, image_ref, function_id: made.config.id });
  refusal(await deploy({ app_name, image_ref }), 409, 'APP_NAME_CONFLICT');
  expect((await send('DELETE', made.path)).status).toBe(204);
  refusal(await get(`/api/functions/${made.config.id}/loki-logs`), 404, 'NOT_FOUND');
  // Of nobody any more, the name is for whoever asks.
  const again = await waitFor(
    'the name to be free',
    async () => {
      const answer = await deploy({ app_name, image_ref });
      return answer.status === 409 ? undefined : read(answer, 200, Deployed);
    },
    { deadlineMs: 120_000 },
  );
  expect(again.app_name).toBe(app_name);
});

describe('names', () => {
  test('one function has a name, another of the same name gets its own, always the same', async () => {
    const image_ref = await imageOf(sayer('hello'));
    const app_name = newName();
    const [one, other] = [`fn-${app_name}-1`, `fn-${app_name}-2`];
    expect((await deployedApp({ app_name: ` ${app_name.toUpperCase()}!`, image_ref, function_id: one })).app_name).toBe(
      app_name,
    );
    const second = await deployedApp({ app_name, image_ref, function_id: other });
    expect(second.app_name).toMatch(new RegExp(`^${app_name}[a-z0-9]{6}$`));
    expect(await deployedApp({ app_name: second.app_name, image_ref, function_id: other })).toEqual(second);
    expect(await deployedApp({ app_name, image_ref, function_id: other })).toEqual(second);
    const known = await get(`/api/functions/${one}/metrics`);
    expect(known.status).toBe(200);
  });

  test('without a name there is a new app each time', async () => {
    const image_ref = await imageOf(sayer('new'));
    const [one, other] = [await deployedApp({ image_ref }), await deployedApp({ image_ref })];
    expect(one.app_name).toMatch(/^spin[a-z]+\d{4}$/);
    expect(other.app_name).not.toBe(one.app_name);
  });
});

test('the same request twice at once is one deploy', async () => {
  const image_ref = await imageOf(sayer('twice'));
  const app_name = newName();
  const [one, other] = await Promise.all([deployedApp({ app_name, image_ref }), deployedApp({ app_name, image_ref })]);
  expect(one).toEqual(other);
});

test('what Lambda cannot honour is said, in the order of the request', async () => {
  const image_ref = await imageOf(sayer('told'));
  const answer = await deployedApp({
    app_name: newName(),
    image_ref,
    replicas: 3,
    use_spot: true,
    enable_autoscaling: false,
    cpu_limit: '250m',
    memory_limit: '200Mi',
    memory_request: null,
  });
  expect(answer).toMatchObject({ enable_autoscaling: true, use_spot: false });
  expect(new Set(answer.ignored_fields)).toEqual(new Set(['replicas', 'use_spot', 'enable_autoscaling', 'cpu_limit']));
  expect(answer.warnings.map((text) => text.split(':')[0])).toEqual(answer.ignored_fields);
});

test('an Idempotency-Key gives the first answer again', async () => {
  const image_ref = await imageOf(sayer('key'));
  const key = { 'Idempotency-Key': `deploy-${newName()}` };
  const first = read(await deploy({ image_ref }, key), 200, Deployed);
  const replayed = await deploy({ image_ref }, key);
  expect(read(replayed, 200, Deployed)).toEqual(first);
  expect(replayed.headers.get('idempotency-replayed')).toBe('true');
});

describe('refused', () => {
  let image_ref: string;
  beforeAll(async () => {
    image_ref = await imageOf(sayer('refused'));
  });

  test.each<[string, object, string]>([
    ['no namespace', { namespace: undefined }, 'namespace'],
    ['a namespace that is no label', { namespace: 'No_Label' }, 'namespace'],
    ['replicas below 1', { replicas: 0 }, 'replicas'],
    ['replicas above 100', { replicas: 101 }, 'replicas'],
    ['a fraction of replicas', { replicas: 1.5 }, 'replicas'],
    ['a malformed quantity', { cpu_limit: '1 core' }, 'cpu_limit'],
    ['a request above its limit', { memory_limit: '1Gi', memory_request: '2Gi' }, 'memory_request'],
    ['a CPU request above its limit', { cpu_limit: '100m', cpu_request: '1' }, 'cpu_request'],
    ['a function id that is no label', { function_id: '-x' }, 'function_id'],
    ['tolerations that are no list', { custom_tolerations: {} }, 'custom_tolerations'],
    ['another type', { enable_autoscaling: 'yes' }, 'enable_autoscaling'],
    ['a target that nobody knows', { target: 'docker' }, 'target'],
    ['a target that the image is not for', { target: 'spin' }, 'target'],
    ['an image that is no reference', { image_ref: 'not an image' }, 'image_ref'],
    ['more memory than Lambda has', { memory_limit: '20Gi' }, 'memory_limit'],
  ])('%s', async (_what, body, field) => {
    const error = refusal(await deploy({ image_ref, ...body }), 400, 'VALIDATION_ERROR');
    expect(error.details).toMatchObject({ field });
  });

  test('what is no JSON, and no image at all', async () => {
    refusal(await send('POST', '/api/v1/deploy', { raw: '{' }), 400, 'INVALID_JSON');
    expect(refusal(await deploy({}), 400, 'VALIDATION_ERROR').details).toMatchObject({ field: 'image_ref' });
  });

  test('a namespace, a registry and an image that are not there', async () => {
    const nothing = image_ref.replace(/:[^:]+$/, ':nothing');
    refusal(await deploy({ image_ref, namespace: 'elsewhere' }), 400, 'NAMESPACE_NOT_FOUND');
    refusal(await deploy({ image_ref: nothing }), 404, 'IMAGE_NOT_FOUND');
    for (const foreign of ['registry.example.net/team/app:1', '127.0.0.1:9/x:1', 'app:1']) {
      const error = refusal(await deploy({ image_ref: foreign }), 400, 'REGISTRY_NOT_ALLOWED');
      expect(error.details).toEqual({ field: 'image_ref' });
    }
  });

  test('a deploy to a cluster where there is none', async () => {
    const queued = read(
      await upload('build-and-push', { name: 'app.py', content: sayer('wasm') }, { target: 'spin' }),
      202,
      Queued,
    );
    const component = (await ended(queued.task_id)).result?.image_url;
    refusal(await deploy({ image_ref: component }), 503, 'TARGET_UNAVAILABLE');
  });
});
