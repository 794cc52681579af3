import { readdirSync, readFileSync } from 'node:fs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { waitFor } from '../../../support/wait';
import { handler, payloadOf, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

/** Answers its process id and how long it took, after `ms`. */
const SLOW = handler(`export const handler = async ({ ms }) => {
  const from = Date.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { pid: process.pid, from, to: Date.now() };
};`);

interface Seen {
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

const call = async (stack: LambdaStack, FunctionName: string, ms: number, TenantId?: string): Promise<Seen> => {
  const Payload = JSON.stringify({ ms });
  const input = { FunctionName, Payload, ...(TenantId !== undefined && { TenantId }) };
  return payloadOf(await stack.client.send(new InvokeCommand(input))) as Seen;
};

const times = <T>(count: number, run: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

/** The largest number of calls that were going on at one time. */
const overlap = (seen: readonly Seen[]) =>
  Math.max(...seen.map(({ from }) => seen.filter((other) => other.from <= from && from < other.to).length));

/** Processes that live in a temporary folder under this one, without those that have been killed and not yet ended. */
function environmentsOf(dir: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return /^\d+$/.test(pid) && environ.includes(`TMPDIR=${dir}`) && !isBeingKilled(pid);
    } catch {
      return false;
    }
  }).length;
}

const SIGKILL_BIT = 1n << 8n;

function isBeingKilled(pid: string): boolean {
  const pending = readFileSync(`/proc/${pid}/status`, 'latin1').matchAll(/^(?:SigPnd|ShdPnd):\s+(\w+)/gm);
  return [...pending].some(([, mask = '0']) => (BigInt(`0x${mask}`) & SIGKILL_BIT) !== 0n);
}

let stack: LambdaStack;
afterEach(() => stack.stop());

test('runs calls at once, up to the default, in environments of their own', async () => {
  stack = await startLambdaStack({ limits: { concurrency: 3 } });
  const name = await stack.deploy(SLOW);

  const seen = await times(9, () => call(stack, name, 400));

  expect(overlap(seen)).toBe(3);
});

test('answers TooManyRequestsException when the wait is over, and when the queue is full', async () => {
  stack = await startLambdaStack({ limits: { concurrency: 1, waitMs: 300, queue: 2 } });
  const name = await stack.deploy(SLOW);
  // The first environment may take longer to start than callers wait.
  await waitFor('an environment', () => call(stack, name, 0));

  const answers = await Promise.allSettled([...Array(4).keys()].map(() => call(stack, name, 3_000)));

  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(3);
  for (const { reason } of refused) expect(reason).toMatchObject({ name: 'TooManyRequestsException' });
});

test('makes room for other functions and tenants by ending what is idle', async () => {
  stack = await startLambdaStack({ limits: { environments: 2, concurrency: 2 } });
  const [one, two] = [await stack.deploy(SLOW), await stack.deploy(SLOW)];
  await times(2, () => call(stack, one, 100));

  const seen = [await call(stack, two, 0), await call(stack, two, 0, 'a'), await call(stack, two, 0, 'b')];

  expect(new Set(seen.map(({ pid }) => pid)).size).toBe(3);
});

test('never has more environments than the machine is to bear, whoever makes room for whom', async () => {
  stack = await startLambdaStack({ limits: { environments: 4, concurrency: 4 } });
  const names = [await stack.deploy(SLOW), await stack.deploy(SLOW), await stack.deploy(SLOW)];
  let most = 0;
  const looking = setInterval(() => (most = Math.max(most, environmentsOf(stack.dir))), 10);

  for (const name of names) await times(4, (tenant) => call(stack, name, 20, String(tenant)));
  await Promise.all(names.map((name) => times(6, (tenant) => call(stack, name, 20, String(tenant)))));

  clearInterval(looking);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});

test('gives a tenant its turn although another keeps all environments busy', async () => {
  stack = await startLambdaStack({ limits: { concurrency: 1 } });
  const name = await stack.deploy(SLOW);
  let over = false;
  const greedy = new Set<number>();
  const busy = times(2, async () => {
    while (!over) greedy.add((await call(stack, name, 50, 'greedy')).pid);
  });

  const { pid } = await call(stack, name, 0, 'patient');

  over = true;
  await busy;
  expect(greedy.size).toBeGreaterThan(0);
  expect(greedy).not.toContain(pid);
});
