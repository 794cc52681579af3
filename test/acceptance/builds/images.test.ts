import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { clientConfig } from '../../../local/aws';
import { read } from '../../support/api';
import { ended, Queued, registryEndpoint, upload } from '../../support/builds';
import { describeWithProgram } from '../../support/foreign-clients';

/** What was pushed is in the registry, for clients that nobody here wrote (docs/contracts/builds.md#push). */

const LIMIT_MS = 60_000;

async function pushed() {
  const file = { name: 'app.py', content: `def handler(event):\n    return "${process.pid}"\n` };
  const task = await ended(read(await upload('build-and-push', file, { tag: 'seen' }), 202, Queued).task_id);
  const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(task.result?.image_url ?? '') ?? [];
  return { endpoint: await registryEndpoint(), repository, tag, digest: task.result?.digest };
}

test('ECR describes it', async () => {
  const { endpoint, repository: repositoryName, tag, digest } = await pushed();
  const ecr = new ECRClient(clientConfig(endpoint));
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    { abortSignal: AbortSignal.timeout(LIMIT_MS) },
  );
  expect(imageDetails).toMatchObject([{ repositoryName, imageDigest: digest }]);
  expect(imageDetails?.[0]?.imageTags).toContain(tag);
  ecr.destroy();
});

describeWithProgram('skopeo', 'skopeo', (skopeo) => {
  test('reads it back', async () => {
    const { endpoint, repository, tag, digest } = await pushed();
    const image = `docker://${new URL(endpoint).host}/${repository}:${tag}`;
    const { stdout } = await promisify(execFile)(skopeo, ['inspect', '--tls-verify=false', image], {
      timeout: LIMIT_MS,
    });
    expect(JSON.parse(stdout)).toMatchObject({ Digest: digest });
  });
});
