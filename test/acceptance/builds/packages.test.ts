import { strToU8, unzipSync, zipSync } from 'fflate';
import { zipLayerOf } from '../../../lambdas/builds/oci/lambda-artifact';
import { RegistryClient } from '../../../lambdas/builds/oci/registry-client';
import { wasmLayerOf } from '../../../lambdas/builds/oci/spin-artifact';
import { post, read } from '../../support/api';
import { built, ended, Queued, registryEndpoint, upload, type Task, type Upload } from '../../support/builds';

const HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "hello"}\n';
const zip = (files: Readonly<Record<string, string>>): Upload => ({
  name: 'app.zip',
  content: Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))),
});
const withPackages = (requirements: string): Upload => zip({ 'app.py': HANDLER, 'requirements.txt': requirements });

/** What a registry has under the address that a task gives, read by the registry's own API. */
async function published({ result }: Task) {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(result?.image_url ?? '') ?? [];
  const endpoint = await registryEndpoint();
  const credentials = () => Promise.resolve({ username: 'AWS', password: 'test' });
  const registry = new RegistryClient({ host, repository, endpoint, credentials });
  try {
    const { digest, manifest } = await registry.readManifest(tag);
    const layer = zipLayerOf(manifest) ?? wasmLayerOf(manifest);
    if (!layer) throw new Error('the image has no layer of ours');
    return { digest, manifest, bytes: await registry.readBlob(layer, 100 * 1024 * 1024) };
  } finally {
    registry.close();
  }
}

test('packages of requirements.txt are in what is published', async () => {
  const queued = read(await upload('build-and-push', withPackages('six==1.17.0\n# a comment\n')), 202, Queued);
  const task = await ended(queued.task_id);
  expect(task).toMatchObject({ status: 'completed', error: null });
  const { digest, bytes, manifest } = await published(task);
  expect(digest).toBe(task.result?.digest);
  expect(manifest.artifactType).toBe('application/vnd.narae.lambda.zip.v1');
  expect(Object.keys(unzipSync(bytes))).toEqual(
    expect.arrayContaining(['packages/six.py', 'app/app.py', 'app/requirements.txt', 'narae_function.py']),
  );
});

test.each<[string, string, RegExp]>([
  ['a package that does not exist', 'narae-nowhere==1.0', /^requirements\.txt needs narae-nowhere==1\.0/],
  ['a package without wheels', 'narae-source-only==1.0', /narae-source-only==1\.0.*not built from source/],
  ['requirements that conflict', 'six==1.17.0\nnarae-wants-old-six==1.0', /conflict.*six/],
  ['an option', '--index-url http://127.0.0.1:9/simple', /^requirements\.txt: '--index-url/],
  ['an address', 'six @ http://127.0.0.1:9/six.whl', /^requirements\.txt: 'six @/],
  ['another file', '-r /etc/passwd', /^requirements\.txt: '-r/],
])('%s fails the task and is named', async (_what, requirements, error) => {
  const task = await built(withPackages(requirements));
  expect(task).toMatchObject({ status: 'failed', error_code: 'DEPENDENCY_ERROR', result: null });
  expect(task.error).toMatch(error);
});

test('a component is built with its packages, published in the layout of Spin, and again under another tag', async () => {
  const files = {
    'shop.py': HANDLER,
    'requirements.txt': 'six==1.17.0\n',
    'spin.toml': '[component.shop.build]\ncommand = "componentize-py -w spin-http componentize shop -o app.wasm"\n',
  };
  const queued = read(await upload('build-and-push', zip(files), { target: 'spin', tag: 'v1' }), 202, Queued);
  const task = await ended(queued.task_id, undefined, 400_000);
  expect(task).toMatchObject({ status: 'completed', target: 'spin', result: { artifact: { kind: 'spin-oci' } } });
  expect(task.result?.wasm_path).toBe(task.result?.artifact.path);
  expect(task.result?.wasm_path).toMatch(/\/build-artifacts\/[^/]+\/app\.wasm$/);
  const { bytes, digest } = await published(task);
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('\0asm');
  expect([bytes.length, digest]).toEqual([task.result?.artifact.bytes, task.result?.digest]);
  const registry_url = task.result?.image_url?.replace(/:v1$/, '');
  const again = { registry_url, tag: 'v2', s3_source_path: queued.source_s3_path };
  const pushing = read(await post('/api/v1/push', again), 202, Queued);
  expect(pushing.target).toBe('spin');
  const pushed = await ended(pushing.task_id);
  expect(pushed.result).toMatchObject({
    digest,
    image_url: `${registry_url ?? ''}:v2`,
    wasm_path: task.result?.wasm_path,
  });
}, 500_000);

test('what a component cannot run is named', async () => {
  const files = { 'app.py': HANDLER, 'spin.toml': '', 'fast/core.so': 'machine code' };
  const task = await built(zip(files), { target: 'spin', type_check: 'off' });
  expect(task).toMatchObject({ status: 'failed', error_code: 'DEPENDENCY_ERROR' });
  expect(task.error).toMatch(/^fast needs machine code/);
});
