import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { traceRun } from '../../../lambdas/engine/lifecycle/trace-run';
import type { Run } from '../../../lambdas/engine/run/run';
import { newTestRun } from '../../support/runs';
import { waitFor } from '../../support/wait';

/** docs/adr/0036: the runner's part of a trace of X-Ray. */

const NOW = 1_795_810_000_000;
const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
const ended: Run = {
  ...newTestRun(NOW),
  status: 'COMPLETED',
  handedOverAt: NOW + 200,
  startedAt: NOW + 350,
  finishedAt: NOW + 1_850,
};

let daemon: Socket;
let received: string[];

beforeEach(async () => {
  received = [];
  daemon = createSocket('udp4', (message) => void received.push(message.toString('utf8')));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
});
afterEach(() => daemon.close());

const place = (change = {}) => ({ header, daemon: `127.0.0.1:${daemon.address().port}`, ...change });

async function told(run: Run) {
  await traceRun(run, place());
  await waitFor('two documents', () => Promise.resolve(received.length === 2 || undefined));
  const documents = received.map((text) => {
    const [preamble = '', document = ''] = text.split('\n');
    expect(JSON.parse(preamble)).toEqual({ format: 'json', version: 1 });
    return JSON.parse(document) as Readonly<Record<string, unknown>>;
  });
  return documents.sort((a, b) => Number(a['start_time']) - Number(b['start_time']));
}

test('says how long the sandbox took to start and the code to run, under the id of the run', async () => {
  const [start, code] = await told(ended);
  const common = {
    type: 'subsegment',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    parent_id: '53995c3f42cd8ad8',
    id: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
    annotations: { run_id: ended.id, service: 'invocations', workspace: 'ws-test', status: 'COMPLETED' },
  };
  expect(start).toEqual({ ...common, name: 'sandbox start', start_time: 1_795_810_000.2, end_time: 1_795_810_000.35 });
  expect(code).toEqual({
    ...common,
    name: 'user code',
    start_time: 1_795_810_000.35,
    end_time: 1_795_810_001.85,
    fault: false,
    error: false,
  });
});

test.each([
  ['RUNTIME_ERROR', { fault: false, error: true }],
  ['PLATFORM_ERROR', { fault: true, error: false }],
] as const)('tells whose fault %s is', async (errorType, marks) => {
  const [, code] = await told({ ...ended, status: 'FAILED', errorType });
  expect(code).toMatchObject(marks);
});

test('sends nothing of what X-Ray does not record, or of what was never handed over', async () => {
  const { handedOverAt: _, ...notHandedOver } = ended;
  await traceRun(ended, place({ header: undefined }));
  await traceRun(ended, place({ header: header.replace('Sampled=1', 'Sampled=0') }));
  await traceRun(ended, place({ daemon: undefined }));
  await traceRun(notHandedOver, place());
  // Whatever was sent before this arrives before it.
  await told(ended);
  expect(received).toHaveLength(2);
});

test('does not mind that there is no daemon', async () => {
  await expect(traceRun(ended, place({ daemon: '127.0.0.1:1' }))).resolves.toBeUndefined();
});
