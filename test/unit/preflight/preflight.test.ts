import { CreateFunctionCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { accountOf, standingOf } from '../../../bin/preflight/account';
import { awsEnvironment, clientConfig, endpointEnvironment } from '../../../local/aws';
import { runProgram } from './run';

/** The emulator's own Lambda service answers; it knows the quota of a common account. */
const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
const lambda = new LambdaClient(clientConfig(endpoint));
afterAll(() => lambda.destroy());

const stage = `pre${process.pid}`;

async function reserve(name: string, executions: number): Promise<void> {
  const FunctionName = `narae-${stage}-${name}`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::000000000000:role/test',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.mjs': Buffer.from('export const handler = () => null;') }) },
    }),
  );
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: executions }));
}

const deploy = (settings: object, ...options: string[]) =>
  runProgram('bin/deploy.ts', ['--stage', stage, '--settings', JSON.stringify(settings), ...options], {
    ...awsEnvironment(process.env),
    ...endpointEnvironment(endpoint),
  });

test('the account says what it allows, and a stage what it holds', async () => {
  const before = await accountOf(lambda);
  expect(before.executions).toBeGreaterThanOrEqual(before.unreserved);
  expect(await standingOf(lambda, stage)).toEqual({ runs: undefined, viewers: undefined });
  await reserve('runner', 4);
  await reserve('stream', 1);
  expect(await standingOf(lambda, stage)).toEqual({ runs: 4, viewers: 1 });
  expect((await accountOf(lambda)).unreserved).toBe(before.unreserved - 5);
});

test('the command stops a stage that does not fit, and lets one that does', async () => {
  const refused = await deploy({ maxConcurrentRuns: 50_000 }, '--check');
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.output).toMatch(/STOP: maxConcurrentRuns \(50000\).*Set maxConcurrentRuns to \d+ or less/);
  const taken = await deploy({ maxConcurrentRuns: null }, '--check');
  expect(taken).toMatchObject({ status: 0 });
  expect(taken.output).toContain('executions at the same time');
});

test('nothing is deployed before the account was asked', async () => {
  const refused = await deploy({ maxConcurrentRuns: 50_000 });
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.output).toContain('Nothing was deployed');
});
