import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { listen } from '../../../../local/process/listen';
import { waitFor } from '../../../support/wait';
import { handler, payloadOf, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

/** Appends a dot to a file every 5 ms. */
const TICK = `require('node:fs');setInterval(() => require('node:fs').appendFileSync(process.argv[1], '.'), 5)`;

/** Ticks into one file and has a child in a session of its own tick into another; waits until each has ticked on. */
const TICKING = handler(`
  import { spawn } from 'node:child_process';
  import { appendFileSync, statSync } from 'node:fs';
  const files = ['own', 'child'].map((name) => process.env.TMPDIR + '/' + name);
  files.forEach((file) => appendFileSync(file, '.'));
  setInterval(() => appendFileSync(files[0], '.'), 5);
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(TICK)}, files[1]], { detached: true, stdio: 'ignore' });
  const sizes = () => files.map((file) => statSync(file).size);
  const ticked = async () => {
    const before = sizes();
    while (sizes().some((size, index) => size < before[index] + 3)) await new Promise((go) => setTimeout(go, 5));
    return { files, pids: [process.pid, child.pid] };
  };
  export const handler = ticked;
  export const streaming = awslambda.streamifyResponse(async (event, stream) => {
    stream.end(JSON.stringify(await ticked()));
  });`);

interface Ticking {
  readonly files: readonly string[];
  readonly pids: readonly number[];
}

let stack: LambdaStack;
afterEach(() => stack.stop());

const invoke = async <T>(FunctionName: string): Promise<T> =>
  payloadOf(await stack.client.send(new InvokeCommand({ FunctionName, Payload: '{}' }))) as T;

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

const allAre = (state: string, pids: readonly number[]) => () =>
  pids.every((pid) => stateOf(pid) === state) ? true : undefined;

/** Returns when a process that nobody stops has ticked 50 times. */
async function time(): Promise<void> {
  const file = path.join(stack.dir, 'time');
  const clock = spawn(process.execPath, ['-e', TICK, file], { stdio: 'ignore' });
  try {
    await waitFor('ticks', () => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 50 || undefined);
  } finally {
    clock.kill();
    await once(clock, 'exit');
  }
}

describe('an environment between two calls', () => {
  test.each([
    ['buffered', 'index.handler'],
    ['streamed', 'index.streaming'],
  ])('stands still with all its processes (%s answer), and goes on with the next call', async (kind, Handler) => {
    stack = await startLambdaStack();
    const name = await stack.deploy(TICKING, { Handler });
    const call = async (): Promise<Ticking> => {
      if (kind === 'buffered') return invoke<Ticking>(name);
      const { EventStream } = await stack.client.send(new InvokeWithResponseStreamCommand({ FunctionName: name }));
      let text = '';
      for await (const { PayloadChunk } of EventStream ?? [])
        text += Buffer.from(PayloadChunk?.Payload ?? []).toString('utf8');
      return JSON.parse(text) as Ticking;
    };
    for (let round = 0; round < 3; round += 1) {
      // It answers only when both have ticked again.
      const { files, pids } = await call();
      await waitFor('both processes to be stopped', allAre('T', pids));
      const before = files.map((file) => statSync(file).size);
      await time();
      expect(files.map((file) => statSync(file).size)).toEqual(before);
    }
  });

  test('goes on where freezing is turned off', async () => {
    stack = await startLambdaStack({ freezing: { on: false } });
    const { files } = await invoke<Ticking>(await stack.deploy(TICKING));
    const before = files.map((file) => statSync(file).size);
    await time();
    files.forEach((file, index) => expect(statSync(file).size).toBeGreaterThan(before[index] ?? 0));
  });

  test('leaves no process when the service is stopped', async () => {
    stack = await startLambdaStack();
    const { pids } = await invoke<Ticking>(await stack.deploy(TICKING));
    await waitFor('both processes to be stopped', allAre('T', pids));
    await stack.service.stop();
    await waitFor('no process', () =>
      readdirSync('/proc').some(
        (pid) => pids.includes(Number(pid)) && !['Z', 'X'].includes(stateOf(Number(pid)) ?? 'X'),
      )
        ? undefined
        : true,
    );
  });

  test('leaves no process when its main process is killed meanwhile', async () => {
    stack = await startLambdaStack();
    const { pids } = await invoke<Ticking>(await stack.deploy(TICKING));
    await waitFor('both processes to be stopped', allAre('T', pids));
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await waitFor('no process', () => pids.every((pid) => ['Z', 'X'].includes(stateOf(pid) ?? 'X')) || undefined);
  });
});

describe('connections of an environment', () => {
  /** Stands for AWS: answers everything, keeps connections, and knows how many are open. */
  async function startService() {
    let open = 0;
    let made = 0;
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      request.resume().once('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    server.on('connection', (socket) => {
      open += 1;
      made += 1;
      socket.once('close', () => (open -= 1));
    });
    const port = await listen(server);
    return {
      endpoint: `http://127.0.0.1:${port}`,
      made: () => made,
      allDead: () => waitFor('all connections to die', () => (open === 0 ? true : undefined)),
      stop: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  const PLAIN = handler(`
    import http from 'node:http';
    const agent = new http.Agent({ keepAlive: true });
    const ask = () => new Promise((resolve, reject) => {
      const request = http.get(process.env.AWS_ENDPOINT_URL, { agent }, (answer) => {
        answer.resume().once('end', () => resolve('answered'));
      });
      request.once('error', reject);
    });
    export const handler = () => ask().catch((error) => error.code);`);

  test('are dead after a freeze: a client that keeps them is told ECONNRESET', async () => {
    const service = await startService();
    stack = await startLambdaStack({ seenAs: service.endpoint, freezing: { connectionsLiveMs: 300 } });
    try {
      const name = await stack.deploy(PLAIN);
      expect(await invoke(name)).toBe('answered');
      await service.allDead();
      expect(await invoke(name)).toBe('ECONNRESET');
      expect(await invoke(name)).toBe('answered');
    } finally {
      service.stop();
    }
  });

  test('live on where the next call comes soon', async () => {
    const service = await startService();
    stack = await startLambdaStack({ seenAs: service.endpoint, freezing: { connectionsLiveMs: 60_000 } });
    try {
      const name = await stack.deploy(PLAIN);
      for (let call = 0; call < 5; call += 1) expect(await invoke(name)).toBe('answered');
      expect(service.made()).toBe(1);
    } finally {
      service.stop();
    }
  });

  test("are not trusted by Narae's own clients, which make no second try", async () => {
    const service = await startService();
    // As long as by default.
    stack = await startLambdaStack({ seenAs: service.endpoint });
    try {
      const { outputFiles } = await build({
        stdin: {
          contents: `import { InvokeCommand } from '@aws-sdk/client-lambda';
            import { waitingLambda } from './lambdas/platform/aws/clients';
            const client = waitingLambda();
            const input = { FunctionName: 'any', Payload: '{}' };
            export const handler = async () =>
              client.send(new InvokeCommand(input)).then(() => 'answered', (error) => error.code);`,
          resolveDir: path.resolve(__dirname, '../../../..'),
        },
        bundle: true,
        write: false,
        platform: 'node',
        format: 'esm',
        banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
      });
      const name = await stack.deploy(handler(outputFiles[0]?.text ?? ''));
      expect(await invoke(name)).toBe('answered');
      await service.allDead();
      expect(await invoke(name)).toBe('answered');
      expect(service.made()).toBe(2);
    } finally {
      service.stop();
    }
  });
});
