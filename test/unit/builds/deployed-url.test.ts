import { randomUUID } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { clientConfig } from '../../../local/aws';
import { LAMBDA_HANDLER } from '../../../lambdas/builds/adapter/package';
import { LambdaTarget } from '../../../lambdas/builds/lambda-target/lambda-target';
import { lambdaArtifact } from '../../../lambdas/builds/oci/lambda-artifact';
import { postJson } from '../../../lambdas/platform/outbound/post-json';
import { signatureOf, type Signer } from '../../../lambdas/platform/outbound/sign';
import { startLambdaStack, zip, type LambdaStack } from '../local/support/lambda-stack';
import { describeIsolated } from '../sandbox/support/bubblewrap';
import { registryAt } from './oci/support';
import { deployable } from './support';

const SIGNER: Signer = { region: 'us-east-1', accessKeyId: 'function.narae-local-functions', secretAccessKey: 'test' };

describeIsolated('the address of a deployed app', (isolation) => {
  const repository = `apps-${randomUUID()}`;
  const app = { namespace: 'default', name: `app${randomUUID().slice(0, 8)}` };
  let stack: LambdaStack;
  let target: LambdaTarget;
  let url: URL;

  const image = async (code: string): Promise<string> => {
    const client = registryAt(stack.awsEndpoint, repository);
    const config = { runtime: 'python3.13', handler: LAMBDA_HANDLER, sourceSha256: '00'.repeat(32) };
    const { digest } = await client.push(lambdaArtifact(Buffer.from(zip(deployable(code))), config), randomUUID());
    client.close();
    return digest;
  };

  const deploy = async (code: string) =>
    target.apply({
      target: 'lambda',
      app,
      image: { repository: `registry.example/${repository}`, digest: await image(code) },
      functionId: null,
      workspaceId: null,
      settings: { enableAutoscaling: true, useSpot: false },
    });

  const post = async (json: string, headers: Record<string, string>, at = url) => {
    const call = { url: at, addresses: ['127.0.0.1'], json, timeoutMs: 20_000, maxBytes: 10_000, headers };
    const { status, body } = await postJson(call);
    return { status, body: JSON.parse(body.toString('utf8')) as unknown };
  };
  const signed = async (json: string, signer = SIGNER, now = Date.now()) =>
    post(json, await signatureOf(url, json, signer, now));

  beforeAll(async () => {
    stack = await startLambdaStack({ environment: (task) => ({ ...isolation().environment(task) }) });
    await new ECRClient(clientConfig(stack.awsEndpoint)).send(
      new CreateRepositoryCommand({ repositoryName: repository }),
    );
    target = new LambdaTarget({
      place: {
        prefix: 'narae-local-app_',
        role: 'arn:aws:iam::000000000000:role/apps',
        logGroup: '/narae/local/apps',
        key: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
        subnets: [],
        securityGroups: [],
      },
      lambda: stack.client,
      registry: () => registryAt(stack.awsEndpoint, repository),
      environmentOf: () => Promise.resolve({ RATE: '3' }),
      report: (message, error) => {
        throw new Error(message, { cause: error });
      },
    });
    const { endpoint } = await deploy(
      'import os\ndef handler(event):\n    return {"times": event["n"] * int(os.environ["RATE"])}',
    );
    url = new URL(endpoint ?? '');
  });
  afterAll(() => stack.stop());

  test('is on this machine, and answers whom it knows', async () => {
    expect(url.hostname).toBe('127.0.0.1');
    expect(await signed('{"n":4}')).toEqual({ status: 200, body: { times: 12 } });
  });

  test('answers nobody else', async () => {
    const forbidden = { status: 403, body: { Message: 'Forbidden' } };
    const headers = await signatureOf(url, '{"n":4}', SIGNER, Date.now());
    expect(await post('{"n":4}', {})).toEqual(forbidden);
    expect(await post('{"n":5}', headers)).toEqual(forbidden);
    expect(await post('{"n":4}', headers, new URL('other', url))).toEqual(forbidden);
    expect(await signed('{"n":4}', { ...SIGNER, secretAccessKey: 'guessed' })).toEqual(forbidden);
    expect(await signed('{"n":4}', { ...SIGNER, accessKeyId: 'stranger' })).toEqual(forbidden);
    expect(await signed('{"n":4}', { ...SIGNER, region: 'eu-west-1' })).toEqual(forbidden);
    expect(await signed('{"n":4}', SIGNER, Date.now() - 600_000)).toEqual(forbidden);
  });

  test('leads to the new code once that is deployed, and stays the same', async () => {
    const { endpoint } = await deploy('def handler(event):\n    return "second"');
    expect(endpoint).toBe(url.href);
    expect(await signed('{}')).toEqual({ status: 200, body: 'second' });
  });
});
