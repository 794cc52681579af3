import { InvokeCommand } from '@aws-sdk/client-lambda';
import { containing } from '../support/matchers';
import { handler, payloadOf, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

let stack: LambdaStack;

beforeAll(async () => {
  stack = await startLambdaStack({
    environment: (task) => ({ NARAE_PYTHON: '/usr/bin/env', NARAE_CHILD_LAUNCHER: JSON.stringify(['x', task]) }),
  });
});

afterAll(() => stack.stop());

const invoke = (FunctionName: string) =>
  stack.client.send(new InvokeCommand({ FunctionName, Payload: '{"who":"Bora"}' }));

/** A runtime in a few lines of shell: it answers each event with what it was started with. */
const SHELL_RUNTIME = `#!/bin/sh
cd "$LAMBDA_TASK_ROOT" || exit 1
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  curl -sS -D "$TMPDIR/head" -o "$TMPDIR/event" "$api/invocation/next" || exit 1
  id=$(grep -i '^lambda-runtime-aws-request-id:' "$TMPDIR/head" | cut -d' ' -f2 | tr -d '\\r')
  printf '{"event":%s,"args":"%s","python":"%s"}' "$(cat "$TMPDIR/event")" "$*" "$NARAE_PYTHON" > "$TMPDIR/answer"
  curl -sS -o /dev/null -X POST --data-binary "@$TMPDIR/answer" "$api/invocation/$id/response"
done
`;

describe('AWS_LAMBDA_EXEC_WRAPPER', () => {
  test('stands for the whole runtime of a Python function', async () => {
    const name = await stack.deploy(
      { supervise: SHELL_RUNTIME },
      { Runtime: 'python3.13', Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/supervise' } } },
    );

    expect(payloadOf(await invoke(name))).toEqual({
      event: { who: 'Bora' },
      args: '/usr/bin/env /var/runtime/bootstrap.py',
      python: '/usr/bin/env',
    });
  });

  test('is put in front of the Node runtime and may change its environment', async () => {
    const name = await stack.deploy(
      {
        ...handler(
          'export const handler = async () => [process.env.SEEN, process.env.NARAE_CHILD_LAUNCHER, process.env.LAMBDA_TASK_ROOT];',
        ),
        wrap: '#!/bin/sh\nexport SEEN=yes\nexec "$@"\n',
      },
      { Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } } },
    );

    const [seen, launcher, root] = payloadOf(await invoke(name)) as string[];
    expect(seen).toBe('yes');
    expect(launcher).toBe(JSON.stringify(['x', root]));
  });

  test('is missed by name where it is not in the package', async () => {
    const absent = await stack.deploy(handler('export const handler = async () => 1;'), {
      Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/none' } },
    });

    expect(payloadOf(await invoke(absent))).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: containing('/opt/none'),
    });
  });
});
