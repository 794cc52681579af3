import type { ServerResponse } from 'node:http';
import { PushDenied, PushError } from '../../../../lambdas/builds/oci/errors';
import { isEcrDownload } from '../../../../lambdas/builds/oci/ecr-hosts';
import { CREDENTIALS, registryAt, serve, smallZip } from './support';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const registry = async (...of: Parameters<typeof serve>) => {
  const server = await serve(...of);
  stops.push(() => server.stop());
  return server;
};

const end = (response: ServerResponse, status: number, headers: Record<string, string> = {}, body = '') =>
  void response.writeHead(status, headers).end(body);

const BASIC = `Basic ${Buffer.from(`${CREDENTIALS.username}:${CREDENTIALS.password}`).toString('base64')}`;

test('credentials are sent when they are asked for, and as Basic where that is asked for', async () => {
  const server = await registry((request, response) =>
    request.headers.authorization === BASIC
      ? end(response, 200, { 'docker-content-digest': `sha256:${'1'.repeat(64)}` })
      : end(response, 401, { 'www-authenticate': 'Basic realm="apps"' }),
  );
  const client = registryAt(server.endpoint, 'apps');
  expect(await client.resolve('v1')).toBe(`sha256:${'1'.repeat(64)}`);
  expect(await client.resolve('v1')).toBe(`sha256:${'1'.repeat(64)}`);
  expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, BASIC, BASIC]);
});

test('they are changed into a token where the registry asks for one', async () => {
  const server = await registry((request, response, port) => {
    if (request.url?.startsWith('/token') === true) {
      end(response, request.headers.authorization === BASIC ? 200 : 401, {}, '{"token":"t-1"}');
      return;
    }
    if (request.headers.authorization === 'Bearer t-1') {
      end(response, 200, { 'docker-content-digest': `sha256:${'2'.repeat(64)}` });
      return;
    }
    const realm = `http://127.0.0.1:${port}/token`;
    end(response, 401, { 'www-authenticate': `Bearer realm="${realm}",service="registry.example"` });
  });
  const client = registryAt(server.endpoint, 'team/apps');
  expect(await client.resolve('v1')).toBe(`sha256:${'2'.repeat(64)}`);
  expect(server.seen[1]?.url).toBe('/token?service=registry.example&scope=repository%3Ateam%2Fapps%3Apull%2Cpush');
});

test('a host that the registry names for tokens and that is not its own gets no credentials', async () => {
  const other = await registry((_request, response) => end(response, 200, {}, '{"token":"t-1"}'));
  const server = await registry((_request, response) =>
    end(response, 401, { 'www-authenticate': `Bearer realm="${other.endpoint}/token"` }),
  );
  await expect(registryAt(server.endpoint, 'apps').resolve('v1')).rejects.toBeInstanceOf(PushDenied);
  expect(other.seen).toEqual([]);
});

test.each([401, 403])('%d is a denial, whose message has no password', async (status) => {
  const server = await registry((_request, response) =>
    end(response, status, { 'www-authenticate': 'Basic realm="x"' }, `{"errors":[{"code":"DENIED"}]}`),
  );
  const pushed = registryAt(server.endpoint, 'apps').push(smallZip('x'), 'v1');
  await expect(pushed).rejects.toBeInstanceOf(PushDenied);
  await expect(pushed).rejects.not.toThrow(CREDENTIALS.password);
});

test('redirects are not followed, neither of a blob nor of a manifest', async () => {
  const other = await registry((_request, response) => end(response, 200, {}, '{}'));
  const server = await registry((_request, response) => end(response, 307, { location: `${other.endpoint}/x` }));
  const client = registryAt(server.endpoint, 'apps');
  const blob = { mediaType: 'application/zip', digest: `sha256:${'3'.repeat(64)}`, size: 2 };
  await expect(client.readBlob(blob, 10)).rejects.toBeInstanceOf(PushError);
  await expect(client.readManifest('v1')).rejects.toBeInstanceOf(PushError);
  await expect(client.push(smallZip('x'), 'v1')).rejects.toBeInstanceOf(PushError);
  expect(other.seen).toEqual([]);
});

test('ECR may send to the layers of its own region, and nobody anywhere else', () => {
  const ecr = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com';
  const layers =
    'https://prod-ap-northeast-2-starport-layer-bucket.s3.ap-northeast-2.amazonaws.com/a?X-Amz-Signature=1';
  expect(isEcrDownload(ecr, new URL(layers))).toBe(true);
  for (const other of [
    layers.replace('https', 'http'),
    layers.replace('.com/', '.com:8443/'),
    layers.replaceAll('ap-northeast-2', 'us-east-1'),
    layers.replace('amazonaws.com', 'amazonaws.com.evil.example'),
    'https://evil.example/prod-ap-northeast-2-starport-layer-bucket.s3.ap-northeast-2.amazonaws.com',
  ])
    expect(isEcrDownload(ecr, new URL(other))).toBe(false);
  expect(isEcrDownload('registry.example', new URL(layers))).toBe(false);
});

test('an upload goes to the registry that was asked, wherever that points', async () => {
  const other = await registry((_request, response) => end(response, 202));
  const server = await registry((request, response) =>
    request.method === 'POST' ? end(response, 202, { location: `${other.endpoint}/up` }) : end(response, 404),
  );
  await expect(registryAt(server.endpoint, 'apps').push(smallZip('x'), 'v1')).rejects.toThrow('another host');
  expect(other.seen).toEqual([]);
});

test('what passes is tried again, and what does not is told', async () => {
  let failures = 2;
  const server = await registry((_request, response) =>
    failures-- > 0 ? end(response, 503) : end(response, 200, { 'docker-content-digest': `sha256:${'4'.repeat(64)}` }),
  );
  expect(await registryAt(server.endpoint, 'apps').resolve('v1')).toBe(`sha256:${'4'.repeat(64)}`);
  const down = await registry((_request, response) => end(response, 500, {}, '{"errors":[{"code":"UNKNOWN"}]}'));
  await expect(registryAt(down.endpoint, 'apps').resolve('v1')).rejects.toThrow(/answered 500/);
  expect(down.seen).toHaveLength(4);
});

test('bytes that are not those of the digest, and more than were announced, are refused', async () => {
  const server = await registry((_request, response) => end(response, 200, {}, 'other bytes'));
  const client = registryAt(server.endpoint, 'apps');
  const blob = { mediaType: 'application/zip', digest: `sha256:${'5'.repeat(64)}`, size: 11 };
  await expect(client.readBlob(blob, 100)).rejects.toThrow('other bytes');
  await expect(client.readBlob({ ...blob, size: 5 }, 100)).rejects.toBeInstanceOf(PushError);
  await expect(client.readBlob({ ...blob, size: 101 }, 100)).rejects.toThrow('more than 100 bytes');
  await expect(client.readManifest('v1')).rejects.toBeInstanceOf(PushError);
});
