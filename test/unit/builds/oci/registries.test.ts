import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ecrCredentials } from '../../../../lambdas/builds/oci/credentials';
import { ImageNotFound } from '../../../../lambdas/builds/oci/errors';
import { readLambdaConfig, zipLayerOf } from '../../../../lambdas/builds/oci/lambda-artifact';
import { wasmLayerOf } from '../../../../lambdas/builds/oci/spin-artifact';
import { describeWithProgram } from '../../../support/foreign-clients';
import { freePort } from '../../../support/ports';
import { startProgram } from '../../../support/program';
import { waitFor } from '../../../support/wait';
import { registryAt, smallComponent, smallZip } from './support';

/** A registry under test: where it is, and a repository of this test's own in it. */
interface Place {
  readonly endpoint: string;
  readonly repository: string;
}

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'narae-oci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the emulator's ECR", () => {
  const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
  const ecr = new ECRClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const repository = async (): Promise<Place> => {
    const repositoryName = `apps-${randomUUID()}`;
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    return { endpoint, repository: repositoryName };
  };

  keepsArtifacts(repository);

  test('lists what was pushed with a token of its own', async () => {
    const place = await repository();
    const client = registryAt(endpoint, place.repository, {
      host: '000000000000.dkr.ecr.us-east-1.amazonaws.com',
      credentials: ecrCredentials(ecr),
    });
    const { digest } = await client.push(smallZip('listed'), 'v1');
    client.close();
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: place.repository }));
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1'] }]);
  });
});

describeWithProgram('docker-registry', 'the registry of the distribution project', (program) => {
  let stop: (() => Promise<void>) | undefined;
  let endpoint = '';
  beforeAll(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const config = join(folder, 'registry.json');
    writeFileSync(
      config,
      JSON.stringify({ version: '0.1', storage: { inmemory: {} }, http: { addr: `127.0.0.1:${port}` } }),
    );
    const started = await startProgram({ command: program, args: ['serve', config], cwd: folder, env: {} });
    stop = () => started.stop(10_000);
    await waitFor('the registry to answer', async () => (await fetch(`${endpoint}/v2/`)).ok || undefined, {
      deadlineMs: 20_000,
    });
  });
  afterAll(() => stop?.());

  keepsArtifacts(() => Promise.resolve({ endpoint, repository: `team/apps-${randomUUID()}` }));
});

function keepsArtifacts(repository: () => Promise<Place>): void {
  test('keeps a zip, and gives back its bytes and how it is run', async () => {
    const place = await repository();
    const client = registryAt(place.endpoint, place.repository);
    const artifact = smallZip('one');
    expect(await client.push(artifact, 'v1')).toEqual({ digest: artifact.digest, uploaded: 2 });
    expect(await client.resolve('v1')).toBe(artifact.digest);
    const { digest, manifest } = await client.readManifest(artifact.digest);
    expect(digest).toBe(artifact.digest);
    const layer = zipLayerOf(manifest);
    if (layer === undefined) throw new Error('no zip');
    expect((await client.readBlob(layer, 1_000)).toString()).toBe('zip of one');
    expect(readLambdaConfig(await client.readBlob(manifest.config, 10_000))).toEqual({
      runtime: 'python3.13',
      handler: 'app.handler',
      sourceSha256: 'ab'.repeat(32),
    });
    client.close();
  });

  test('is sent nothing that it has, and moves a tag to other content', async () => {
    const place = await repository();
    const client = registryAt(place.endpoint, place.repository);
    const first = await client.push(smallZip('first'), 'v1');
    expect(await client.push(smallZip('first'), 'v1')).toEqual({ digest: first.digest, uploaded: 0 });
    expect(await client.push(smallZip('first'), 'other')).toEqual({ digest: first.digest, uploaded: 0 });
    const second = await client.push(smallZip('second'), 'v1');
    expect(second.digest).not.toBe(first.digest);
    expect(await client.resolve('v1')).toBe(second.digest);
    expect(await client.resolve(first.digest)).toBe(first.digest);
    client.close();
  });

  test('says what it does not have', async () => {
    const place = await repository();
    const client = registryAt(place.endpoint, place.repository);
    await expect(client.resolve('nothing')).rejects.toBeInstanceOf(ImageNotFound);
    await expect(client.readManifest(`sha256:${'0'.repeat(64)}`)).rejects.toBeInstanceOf(ImageNotFound);
    client.close();
  });

  describeWithProgram('skopeo', 'read back by skopeo', (skopeo) => {
    const inspect = async (image: string, ...more: string[]) =>
      JSON.parse((await run(skopeo, ['inspect', '--tls-verify=false', ...more, image])).stdout) as unknown;

    test('a zip', async () => {
      const place = await repository();
      const client = registryAt(place.endpoint, place.repository);
      const { digest } = await client.push(smallZip('inspected'), 'v1');
      client.close();
      const image = `docker://${new URL(place.endpoint).host}/${place.repository}:v1`;
      expect(await inspect(image)).toMatchObject({
        Digest: digest,
        Labels: { 'narae.lambda.runtime': 'python3.13', 'narae.lambda.handler': 'app.handler' },
      });
      expect(await inspect(image, '--raw')).toMatchObject({ artifactType: 'application/vnd.narae.lambda.zip.v1' });
      const target = join(folder, randomUUID());
      await run(skopeo, ['copy', '--insecure-policy', '--src-tls-verify=false', image, `dir:${target}`]);
      const [layer] = smallZip('inspected').blobs;
      const file = layer?.descriptor.digest.replace('sha256:', '') ?? '';
      expect(readFileSync(join(target, file)).toString()).toBe('zip of inspected');
    });

    test('a Spin application', async () => {
      const place = await repository();
      const client = registryAt(place.endpoint, place.repository);
      const { digest } = await client.push(smallComponent('inspected'), 'v4');
      const { manifest } = await client.readManifest('v4');
      client.close();
      expect(wasmLayerOf(manifest)?.size).toBe(Buffer.byteLength('\0asm of inspected'));
      const image = `docker://${new URL(place.endpoint).host}/${place.repository}:v4`;
      expect(await inspect(image)).toMatchObject({ Digest: digest, Architecture: 'wasm' });
    });
  });
}
