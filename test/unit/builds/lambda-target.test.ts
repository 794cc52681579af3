import { randomUUID } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { TargetRefused, TargetUnavailable, type Deployment } from '../../../lambdas/builds/deploy-target';
import { functionNameOf } from '../../../lambdas/builds/lambda-target/function-name';
import { LambdaTarget } from '../../../lambdas/builds/lambda-target/lambda-target';
import { lambdaArtifact } from '../../../lambdas/builds/oci/lambda-artifact';
import { zip } from '../local/support/lambda-stack';
import { registryAt, smallComponent } from './oci/support';

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const lambda = new LambdaClient(config);
const ecr = new ECRClient(config);
const PREFIX = 'narae-local-app_';
const repository = `apps-${randomUUID()}`;

beforeAll(() => ecr.send(new CreateRepositoryCommand({ repositoryName: repository })));

async function pushed(text: string): Promise<string> {
  const client = registryAt(endpoint, repository);
  const package_ = Buffer.from(zip({ 'app.py': `def handler(event, context):\n    return "${text}"\n` }));
  const settings = { runtime: 'python3.13', handler: 'app.handler', sourceSha256: 'cd'.repeat(32) };
  const { digest } = await client.push(lambdaArtifact(package_, settings), `t-${text}`);
  client.close();
  return digest;
}

const target = (environment: Record<string, string> = {}, client = lambda, networkOf?: string) =>
  new LambdaTarget({
    place: {
      prefix: PREFIX,
      role: 'arn:aws:iam::000000000000:role/apps',
      logGroup: '/narae/local/apps',
      key: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
      ...(networkOf !== undefined && { networkOf }),
    },
    lambda: client,
    registry: () => registryAt(endpoint, repository),
    environmentOf: () => Promise.resolve(environment),
    report: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });

const app = () => ({ namespace: 'default', name: `app${randomUUID().slice(0, 8)}` });

const deployment = (of: Deployment['app'], digest: string, settings: Partial<Deployment['settings']> = {}) => ({
  target: 'lambda' as const,
  app: of,
  image: { repository: `registry.example/${repository}`, digest },
  functionId: null,
  workspaceId: null,
  settings: { enableAutoscaling: true, useSpot: false, ...settings },
});

const live = async (of: Deployment['app']) => {
  const FunctionName = functionNameOf(PREFIX, of);
  const { FunctionVersion } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
  return FunctionVersion;
};

test('an app has the network of the function that its place names', async () => {
  const network = { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
  const client = new LambdaClient(config);
  const asked: unknown[] = [];
  // The one function that this account would have to have a network for.
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        const { input } = call;
        if ('FunctionName' in input && input.FunctionName === 'sandbox')
          return { output: { $metadata: {}, VpcConfig: network }, response: {} };
        if (commandName === 'CreateFunctionCommand') asked.push('VpcConfig' in input && input.VpcConfig);
        return next(call);
      },
    { step: 'initialize' },
  );
  await target({}, client, 'sandbox').apply(deployment(app(), await pushed('net')));
  await target({}, client).apply(deployment(app(), await pushed('net')));
  expect(asked).toEqual([network, { SubnetIds: [], SecurityGroupIds: [] }]);
});

test('an app becomes a function whose alias has a ready version and an address that is signed for', async () => {
  const of = app();
  const digest = await pushed('one');
  const wanted = { ...deployment(of, digest, { memoryMb: 192, timeoutSeconds: 7 }), functionId: 'fn-one' };
  const applied = await target({ SHOP: 'k-1' }).apply(wanted);
  expect(applied).toEqual({ state: 'ready', endpoint: expect.stringMatching(/^https?:\/\//) as string, warnings: [] });
  const FunctionName = functionNameOf(PREFIX, of);
  expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: 'live' }))).toMatchObject({
    State: 'Active',
    Runtime: 'python3.13',
    MemorySize: 192,
    Timeout: 7,
    Role: 'arn:aws:iam::000000000000:role/apps',
    Environment: { Variables: { SHOP: 'k-1', NARAE_FUNCTION_ID: 'fn-one' } },
    KMSKeyArn: expect.stringContaining(':key/') as string,
    LoggingConfig: { LogGroup: '/narae/local/apps' },
    Architectures: ['arm64'],
  });
  const url = await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier: 'live' }));
  expect(url).toMatchObject({ AuthType: 'AWS_IAM', FunctionUrl: applied.endpoint });
});

test('the same again changes nothing, other code and other settings do, and the address stays', async () => {
  const of = app();
  const [one, two] = [await pushed('old'), await pushed('new')];
  const first = await target().apply(deployment(of, one));
  const version = await live(of);
  expect(await target().apply(deployment(of, one))).toEqual(first);
  expect(await live(of)).toBe(version);
  expect(await target().apply(deployment(of, two))).toEqual(first);
  const second = await live(of);
  expect(second).not.toBe(version);
  expect(await target({ RATE: '2' }).apply(deployment(of, two))).toEqual(first);
  expect(await live(of)).not.toBe(second);
});

test('an old image deployed again is the way back', async () => {
  const of = app();
  const [one, two] = [await pushed('before'), await pushed('after')];
  const sha = async () => {
    const name = { FunctionName: functionNameOf(PREFIX, of), Qualifier: 'live' };
    return (await lambda.send(new GetFunctionConfigurationCommand(name))).CodeSha256;
  };
  await target().apply(deployment(of, one));
  const before = await sha();
  await target().apply(deployment(of, two));
  expect(await sha()).not.toBe(before);
  await target().apply(deployment(of, one));
  expect(await sha()).toBe(before);
});

test('what a worker left half done is finished by the next', async () => {
  const of = app();
  const [one, two] = [await pushed('half'), await pushed('whole')];
  await target().apply(deployment(of, one));
  const FunctionName = functionNameOf(PREFIX, of);
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'half', MemorySize: 1024 }));
  const applied = await target().apply(deployment(of, two, { memoryMb: 128 }));
  expect(applied.state).toBe('ready');
  expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: 'live' }))).toMatchObject({
    MemorySize: 128,
  });
});

test('apps are removed, and removed again', async () => {
  const of = app();
  await target().apply(deployment(of, await pushed('removed')));
  expect(await target().remove(of)).toBe('gone');
  const FunctionName = functionNameOf(PREFIX, of);
  await expect(lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).rejects.toThrow();
  expect(await target().remove(of)).toBe('gone');
});

test('what is no function for Lambda is refused, and what is not there', async () => {
  const client = registryAt(endpoint, repository);
  const { digest } = await client.push(smallComponent('spin'), 'spin');
  client.close();
  await expect(target().apply(deployment(app(), digest))).rejects.toBeInstanceOf(TargetRefused);
  const nothing = `sha256:${'0'.repeat(64)}`;
  await expect(target().apply(deployment(app(), nothing))).rejects.toBeInstanceOf(TargetRefused);
});

test('an environment that Lambda does not take is refused', async () => {
  const digest = await pushed('environment');
  await expect(target({ BIG: 'x'.repeat(4_097) }).apply(deployment(app(), digest))).rejects.toThrow('4096 bytes');
});

test('a Lambda that does not answer is unavailable', async () => {
  const digest = await pushed('down');
  const down = new LambdaClient({ ...config, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  await expect(target({}, down).apply(deployment(app(), digest))).rejects.toBeInstanceOf(TargetUnavailable);
});
