import { readdirSync, readFileSync } from 'node:fs';
import { InvokeCommand, UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { waitFor } from '../../../support/wait';
import { containing, matching } from '../support/matchers';
import { handler, payloadOf, startLambdaStack, zip, type LambdaStack } from '../support/lambda-stack';

let stack: LambdaStack;

beforeAll(async () => {
  stack = await startLambdaStack();
});

afterAll(() => stack.stop());

const invoke = (FunctionName: string, event: unknown = {}, TenantId?: string) =>
  stack.client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...(TenantId !== undefined && { TenantId }) }),
  );

/** Processes with a folder in their environment variables; one that has ended and was not waited for has none left. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });
}

describe('a synchronous invocation', () => {
  test('gives the handler its event, its context and the variables it has on Lambda', async () => {
    const name = await stack.deploy(
      handler(`export const handler = async (event, context) => ({
        event,
        left: context.getRemainingTimeInMillis() > 8000,
        context: { name: context.functionName, memory: context.memoryLimitInMB, arn: context.invokedFunctionArn },
        own: process.env.GREETING,
        endpoints: [process.env.AWS_ENDPOINT_URL, process.env.AWS_ENDPOINT_URL_LAMBDA],
        inherited: process.env.NARAE_TEST_AWS_ENDPOINT ?? null,
        cwd: process.cwd() === process.env.LAMBDA_TASK_ROOT,
      });`),
      { Environment: { Variables: { GREETING: 'hi' } } },
    );

    expect(payloadOf(await invoke(name, { who: 'Bora' }))).toEqual({
      event: { who: 'Bora' },
      left: true,
      context: { name, memory: '256', arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` },
      own: 'hi',
      endpoints: [matching(/^http:\/\/127\.0\.0\.1:\d+$/), matching(/^http:\/\/127\.0\.0\.1:\d+$/)],
      inherited: null,
      cwd: true,
    });
  });

  test('keeps the environment for the next call', async () => {
    const name = await stack.deploy(handler('let n = 0; export const handler = async () => ++n;'));

    expect([payloadOf(await invoke(name)), payloadOf(await invoke(name))]).toEqual([1, 2]);
  });

  test("keeps the environment after an error that the handler throws, and tells the error in Lambda's form", async () => {
    const name = await stack.deploy(
      handler(`let n = 0;
        export const handler = async () => { n += 1; if (n === 1) throw new TypeError('no ' + n); return n; };`),
    );

    const failed = await invoke(name);
    expect(failed.FunctionError).toBe('Unhandled');
    expect(payloadOf(failed)).toMatchObject({ errorType: 'TypeError', errorMessage: 'no 1' });
    expect(payloadOf(await invoke(name))).toBe(2);
  });

  test('ends a function at its time-out and answers as Lambda does', async () => {
    const name = await stack.deploy(
      handler('export const handler = () => new Promise(() => setInterval(() => {}, 1000));'),
      {
        Timeout: 1,
      },
    );

    const answer = await invoke(name);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: matching(/Task timed out after 1\.00 seconds$/),
    });
  });

  test('discards the environment of a process that exits', async () => {
    const name = await stack.deploy(
      handler('export const handler = async ({ exit }) => { if (exit) process.exit(3); return process.pid; };'),
    );
    const first = payloadOf(await invoke(name));

    const answer = await invoke(name, { exit: true });
    expect(payloadOf(answer)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: matching(/exit status 3$/),
    });
    expect(payloadOf(await invoke(name))).not.toBe(first);
  });

  test('leaves nothing behind of a process that is killed, not even what has another parent and session by then', async () => {
    // The shell ends at once, so that init is the parent of what it started.
    const name = await stack.deploy(
      handler(`import { execFileSync } from 'node:child_process';
        export const handler = async ({ kill }) => {
          if (kill) process.kill(process.pid, 'SIGKILL');
          execFileSync('setsid', ['sh', '-c', 'sleep 600 > /dev/null 2>&1 & echo $!']);
          return process.env.TMPDIR;
        };`),
    );
    const folder = String(payloadOf(await invoke(name)));
    expect(processesOf(folder).length).toBeGreaterThan(1);

    expect(payloadOf(await invoke(name, { kill: true }))).toMatchObject({ errorType: 'Runtime.ExitError' });
    await waitFor('no process of the environment', () => (processesOf(folder).length === 0 ? true : undefined));
  });

  test('tells an error while loading, with the module that is missing', async () => {
    const name = await stack.deploy(handler("import './gone.mjs'; export const handler = async () => 1;"));

    const answer = await invoke(name);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(payloadOf(answer)).toMatchObject({ errorMessage: containing('gone.mjs') });
  });

  test('counts memory that processes share once', async () => {
    // 40 MB in each of 20 processes, which have it from the one they were forked from.
    const forks = `import os, time\nkept = b"x" * 40_000_000\nfor _ in range(20):\n    if os.fork() == 0: break\ntime.sleep(1.5)\n`;
    const name = await stack.deploy(
      handler(`import { execFileSync } from 'node:child_process';
        export const handler = async () => String(execFileSync('python3', ['-c', ${JSON.stringify(forks)}]));`),
      { MemorySize: 256 },
    );

    expect(payloadOf(await invoke(name))).toBe('');
  });

  test('ends a function that uses more memory than it has', async () => {
    const name = await stack.deploy(
      handler(`const kept = [];
        export const handler = async () => { for (;;) { kept.push(Buffer.alloc(8 << 20, 1)); await new Promise(setImmediate); } };`),
      { MemorySize: 128 },
    );

    expect(payloadOf(await invoke(name))).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: matching(/signal: killed$/),
    });
  });

  test('refuses an answer over 6 MB', async () => {
    const name = await stack.deploy(handler("export const handler = async () => 'x'.repeat(7_000_000);"));

    expect(payloadOf(await invoke(name))).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  test('refuses a payload over 6 MB, one that is not JSON, and an unknown function', async () => {
    const name = await stack.deploy(handler('export const handler = async () => 1;'));

    await expect(invoke(name, 'x'.repeat(7_000_000))).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    await expect(stack.client.send(new InvokeCommand({ FunctionName: name, Payload: '{' }))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expect(invoke('test-nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('writes what the function prints to its log file, between START and REPORT', async () => {
    const name = await stack.deploy(handler("export const handler = async () => { console.log('seen'); return 1; };"));
    await invoke(name);

    const log = await waitFor('the log', async () => {
      const text = await stack.log(name);
      return text.includes('REPORT') ? text : undefined;
    });
    expect(log).toMatch(
      /^START RequestId: [\w-]+ Version: \$LATEST\n.*seen\nEND RequestId: .*\nREPORT .*Init Duration/s,
    );
  });
});

describe('environments', () => {
  test('are kept apart by tenant, and the handler is told its tenant', async () => {
    const name = await stack.deploy(
      handler('let n = 0; export const handler = async (_, context) => [context.tenantId, ++n];'),
    );

    const answers = [];
    for (const tenant of ['a', 'b', 'a']) answers.push(payloadOf(await invoke(name, {}, tenant)));
    expect(answers).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ]);
  });

  test('take new code and new configuration at the next call', async () => {
    const name = await stack.deploy(handler('export const handler = async () => [1, process.env.V];'));
    expect(payloadOf(await invoke(name))).toEqual([1, null]);

    const code = zip(handler('export const handler = async () => [2, process.env.V];'));
    await stack.client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: code }));
    expect(payloadOf(await invoke(name))).toEqual([2, null]);

    const Environment = { Variables: { V: 'x' } };
    await stack.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment }));
    expect(payloadOf(await invoke(name))).toEqual([2, 'x']);
  });

  test('may import the AWS SDK that Lambda brings along', async () => {
    const name = await stack.deploy(
      handler(`import { S3Client, PutObjectCommand, CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
        export const handler = async (_, { functionName: Bucket }) => {
          const s3 = new S3Client({});
          await s3.send(new CreateBucketCommand({ Bucket }));
          await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'stored' }));
          return (await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).Body.transformToString();
        };`),
    );

    expect(payloadOf(await invoke(name))).toBe('stored');
  });
});
