import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { waitingLambda } from '../../../../lambdas/platform/aws/clients';

/**
 * A service in a process of its own, which goes on while this one stands still: it resets connections that have had nothing
 * to do for 50 ms, and says with each answer how many connections there have been.
 */
const SERVICE = `
let connections = 0;
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.end(String(connections)));
  response.on('finish', () => setTimeout(() => request.socket.resetAndDestroy(), IDLE_MS));
});
server.on('connection', () => (connections += 1));
server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));
`;

let service: ChildProcess | undefined;
let client: LambdaClient | undefined;
const before = { ...process.env };

async function serve(idleMs: number): Promise<void> {
  const child = spawn(process.execPath, ['-e', SERVICE.replace('IDLE_MS', String(idleMs))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  service = child;
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = `http://127.0.0.1:${port.toString()}`;
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  client = waitingLambda();
}

afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...before };
  client?.destroy();
  service?.kill();
  if (service && service.exitCode === null && service.signalCode === null) await once(service, 'exit');
});

const connectionsAfterACall = async (): Promise<number> => {
  const answer = await client?.send(new InvokeCommand({ FunctionName: 'worker' }));
  return Number(Buffer.from(answer?.Payload ?? []).toString());
};

/** Nothing of this process goes on meanwhile, as in an environment that is frozen. */
const freeze = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('a call after a freeze does not meet the connection that was reset meanwhile', async () => {
  await serve(50);
  for (let call = 1; call <= 5; call += 1) {
    expect(await connectionsAfterACall()).toBe(call);
    freeze(400);
  }
});

test('a connection that was idle for long by the wall clock is not used again, one that was not is', async () => {
  await serve(60_000);
  expect(await connectionsAfterACall()).toBe(1);
  expect(await connectionsAfterACall()).toBe(1);
  const later = Date.now() + 4_000;
  jest.spyOn(Date, 'now').mockReturnValue(later);
  expect(await connectionsAfterACall()).toBe(2);
});
