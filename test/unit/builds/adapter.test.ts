import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { readAnswer, storedAnswer } from '../../../lambdas/engine';
import { LAMBDA_HANDLER } from '../../../lambdas/builds/adapter/package';
import { payloadOf, startLambdaStack, type LambdaStack } from '../local/support/lambda-stack';
import { describeIsolated } from '../sandbox/support/bubblewrap';
import { useEnvironment } from '../sandbox/support/languages';
import { deployable } from './support';

const HttpAnswer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/** What Lambda makes of the POST of an invoke to a function's address. */
const requestOf = (json: string) => ({
  version: '2.0',
  rawPath: '/',
  rawQueryString: '',
  headers: { 'content-type': 'application/json', 'x-amz-date': '20261121T000000Z' },
  requestContext: { http: { method: 'POST', path: '/' } },
  body: json,
  isBase64Encoded: false,
});

const eventOf = (value: object) => ({
  ...value,
  httpMethod: 'POST',
  path: '',
  queryStringParameters: {},
  headers: { 'content-type': 'application/json' },
  body: value,
  rawBody: JSON.stringify(value),
  isBase64Encoded: false,
});

const REQUEST = '[request.method, request.uri, request.headers, request.body.decode()]';
const RESPONSE = 'from spin_sdk.http import Response\ndef handle_request(request):\n    return Response';

/** Every form of entry point and of answer (docs/contracts/functions.md#engine-contract). */
const ANSWERS: readonly (readonly [string, string])[] = [
  [
    'a class IncomingHandler',
    `from spin_sdk.http import IncomingHandler\nclass IncomingHandler(IncomingHandler):\n    def handle_request(self, request):\n        return ${REQUEST}\ndef handler(event):\n    return "no"`,
  ],
  [
    'a factory of an async handler',
    `class H:\n    async def handle_request(self, request):\n        return ${REQUEST}\ndef init_incoming_handler():\n    return H()`,
  ],
  ['a function handle_request', `def handle_request(request):\n    return ${REQUEST}`],
  ['lambda_handler of an event', 'def lambda_handler(event):\n    return event\ndef handler(event):\n    return "no"'],
  ['handler of event and context', 'def handler(event, context):\n    return [event["a"], context.functionId]'],
  ['an async handler', 'async def handler(event):\n    return event["rawBody"]'],
  [
    'a status, headers and JSON',
    'def handler(event):\n    return {"statusCode": 404, "headers": {"x-a": 1}, "body": [1]}',
  ],
  ['a status and text', 'def handler(event):\n    return {"statusCode": 201, "body": "text \\ud83d\\ude00"}'],
  [
    'a status and text that is JSON',
    'def handler(event):\n    return {"statusCode": 200, "body": "{\\"a\\": [null]}"}',
  ],
  ['null', 'def handler(event):\n    return None'],
  ['a Response of text', `${RESPONSE}(201, {"content-type": "text/plain"}, "hello")`],
  ['a Response of bytes that are no UTF-8', `${RESPONSE}(200, {}, b"\\xff\\x00")`],
  ['a Response without a body', `${RESPONSE}(204)`],
  [
    'the working folder can be written to',
    'def handler(event):\n    open("x", "w").write("1")\n    return open("x").read()',
  ],
];

const FAILURES: readonly (readonly [string, string, object])[] = [
  [
    'an exception',
    'def handler(event):\n    raise KeyError("who")',
    { error: 'KeyError', message: "'who'", traceback: ['main.py, line 2, in handler'] },
  ],
  ['an import that fails', 'import nothing_there\n', { error: 'ModuleNotFoundError' }],
  ['code that does not parse', 'def handler(:\n', { error: 'SYNTAX_ERROR' }],
  ['no entry point', 'x = 1\n', { error: 'HANDLER_NOT_FOUND' }],
  ['a value that is no JSON', 'def handler(event):\n    return {1, 2}', { error: 'INVALID_RESULT' }],
  ['a status that is none', `${RESPONSE}(1000)`, { error: 'INVALID_RESULT' }],
  [
    'sys.exit',
    'import sys\ndef handler(event):\n    sys.exit(3)',
    { error: 'EXITED', message: 'the code ended with exit code 3 before it returned' },
  ],
];

describeIsolated('a deployed function', (isolation) => {
  const sandbox = useEnvironment('python');
  let stack: LambdaStack;
  beforeAll(async () => {
    stack = await startLambdaStack({ environment: (task) => ({ ...isolation().environment(task) }) });
  });
  afterAll(() => stack.stop());

  const deploy = (code: string, others?: Record<string, string>, Variables: Record<string, string> = {}) =>
    stack.deploy(deployable(code, others), {
      Runtime: 'python3.13',
      Handler: LAMBDA_HANDLER,
      Environment: { Variables: { NARAE_FUNCTION_ID: 'fn-1', ...Variables } },
    });

  const call = async (FunctionName: string, value: object = {}) => {
    const Payload = JSON.stringify(requestOf(JSON.stringify(value)));
    return HttpAnswer.parse(payloadOf(await stack.client.send(new InvokeCommand({ FunctionName, Payload }))));
  };

  /** As a pass-through reads it. */
  const shown = ({ statusCode, headers, body, isBase64Encoded }: z.output<typeof HttpAnswer>) => {
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    const { responseBody } = readAnswer(storedAnswer(statusCode, headers['content-type'], bytes));
    return { statusCode, responseBody };
  };

  test.each(ANSWERS)('answers as invoke does: %s', async (_, code) => {
    const value = { a: 1, text: 'é' };
    const run = await sandbox().run({
      code,
      convention: 'function',
      function: 'lambda_handler',
      fallbacks: ['handler'],
      event: eventOf(value),
      context: { requestId: 'r', functionId: 'fn-1' },
    });
    const { statusCode, responseBody } = readAnswer(JSON.stringify(run.value));
    expect(shown(await call(await deploy(code), value))).toEqual({ statusCode, responseBody });
  });

  test.each(FAILURES)('fails as invoke does: %s', async (_, code, body) => {
    expect(shown(await call(await deploy(code)))).toMatchObject({ statusCode: 500, responseBody: body });
  });

  test('finds the other files of its app and its variables, those too that Lambda has no name for', async () => {
    const name = await deploy(
      'import os\nimport helper\ndef handler(event):\n    return [helper.name(), os.environ["SHOP"], os.environ["AWS_X"], os.environ.get("NARAE_ENV")]',
      { 'helper.py': 'def name():\n    return "helper"' },
      { SHOP: 'k-1', NARAE_ENV: '{"AWS_X":"y"}' },
    );
    expect(shown(await call(name)).responseBody).toEqual(['helper', 'k-1', 'y', null]);
  });

  test('keeps what it loaded between calls, and answers after one that failed', async () => {
    const name = await deploy(
      'calls = 0\ndef handler(event):\n    global calls\n    calls += 1\n    return 1 / (calls - 1)',
    );
    expect((await call(name)).statusCode).toBe(500);
    expect(shown(await call(name))).toEqual({ statusCode: 200, responseBody: 1 });
  });

  test('that ends its process is started anew', async () => {
    const name = await deploy('import os\ndef handler(event):\n    return os._exit(1) if event.get("end") else "here"');
    const Payload = JSON.stringify(requestOf('{"end":true}'));
    const ended = await stack.client.send(new InvokeCommand({ FunctionName: name, Payload }));
    expect(payloadOf(ended)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(shown(await call(name)).responseBody).toBe('here');
  });

  test('prints into its log', async () => {
    const name = await deploy('def handler(event):\n    print("seen by its owner")\n    return 1');
    await call(name);
    expect(await stack.log(name)).toContain('seen by its owner');
  });

  test('is kept apart from this machine', async () => {
    const { port } = new URL(stack.service.endpoint);
    const name = await deploy(
      [
        'import os, socket',
        'def attempt(what):',
        '    try:',
        '        return what()',
        '    except OSError as error:',
        '        return type(error).__name__',
        'def handler(event):',
        `    reach = lambda: socket.create_connection(("127.0.0.1", ${port}), 2) and "reached"`,
        '    write = lambda: open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "x"), "w") and "written"',
        '    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]',
        '    return {',
        '        "network": attempt(reach), "package": attempt(write), "processes": len(pids),',
        `        "repository": attempt(lambda: os.listdir(${JSON.stringify(join(process.cwd(), 'docs'))})),`,
        '        "variables": sorted(name for name in os.environ if "KEY" in name or "ENDPOINT" in name or "NARAE" in name),',
        '    }',
      ].join('\n'),
    );
    const { responseBody } = shown(await call(name));
    expect(responseBody).toMatchObject({ network: 'ConnectionRefusedError', variables: [] });
    expect(responseBody).toMatchObject({ package: 'OSError', repository: 'FileNotFoundError' });
    expect(z.object({ processes: z.number().max(12) }).safeParse(responseBody).success).toBe(true);
  });
});
