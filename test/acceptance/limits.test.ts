import { completed, eventsOf, linesOf, logLines, run, start, valueOf } from '../support/invocations';
import { follow } from '../support/raw-sse';

const MIB = 1024 * 1024;
const LINE_BYTES = 8 * 1024;
const LOG_LINES = 10_000;

const python = (...lines: string[]) => ({
  runtime: 'python',
  code: ['def handler(event):', ...lines.map((l) => `    ${l}`)].join('\n'),
});
const node = (...lines: string[]) => ({
  runtime: 'node',
  code: `exports.handler = async () => {\n${lines.join('\n')}\n};`,
});

const endless = {
  python: python('print("begun", flush=True)', 'while True: pass'),
  'python that waits': python('import time', 'print("begun", flush=True)', 'time.sleep(600)'),
  'python that ignores SIGTERM': python(
    'import signal, time',
    'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
    'print("begun", flush=True)',
    'while True: time.sleep(1)',
  ),
  'python whose child holds its output': python(
    'import subprocess, sys, time',
    'print("begun", flush=True)',
    'subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)',
    'time.sleep(600)',
  ),
  node: node('console.log("begun");', 'for (;;) {}'),
  'node that waits': node('console.log("begun");', 'setInterval(() => {}, 1000);', 'await new Promise(() => {});'),
};

/** See docs/contracts/invocations.md#time. */
describe('the time limit', () => {
  test.each(Object.entries(endless))('ends %s and keeps what it wrote', async (_, request) => {
    const done = await run({ ...request, timeoutMs: 700 });
    expect(done).toMatchObject({ status: 'FAILED', errorType: 'TIMEOUT', result: null, logsTail: ['begun'] });
    expect(done.errorMessage).toContain('700');
    // Clocks of two kinds measure the limit and the duration.
    expect(done.durationMs).toBeGreaterThanOrEqual(695);
    expect(await linesOf(done.invocationId)).toEqual(['begun']);
  });

  test('also holds while the file is loaded', async () => {
    const done = await run({ code: 'while True: pass', runtime: 'python', timeoutMs: 300 });
    expect(done).toMatchObject({ status: 'FAILED', errorType: 'TIMEOUT' });
  });

  test('ends a promise that nothing will settle', async () => {
    // Nothing is left to wait for, so Node would just exit: that is no result either.
    const done = await run({ ...node('await new Promise(() => {});'), timeoutMs: 700 });
    expect(done.status).toBe('FAILED');
    expect(['TIMEOUT', 'RUNTIME_ERROR']).toContain(done.errorType);
  });

  test('does not count what comes before the code', async () => {
    const { invocationId } = await completed({ ...python('return 1'), timeoutMs: 2_000 });
    expect(await linesOf(invocationId)).toEqual([]);
  });

  test.each([
    [
      'python',
      python(
        'import subprocess, sys',
        'subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)',
        'return 1',
      ),
    ],
    [
      'node',
      node(
        'const { spawn } = require("node:child_process");',
        'spawn(process.execPath, ["-e", "setTimeout(() => {}, 600000)"], { detached: true, stdio: "inherit" });',
        'return 1;',
      ),
    ],
  ])('is not waited for when only a child of the code is left (%s)', async (_, request) => {
    expect(await valueOf({ ...request, timeoutMs: 60_000 })).toBe(1);
  });
});

describe('the memory limit', () => {
  test.each([
    [
      'python',
      python('data = bytearray(400 * 1024 * 1024)', 'for i in range(0, len(data), 4096): data[i] = 1', 'return 1'),
    ],
    ['python, bit by bit', python('data = []', 'while True: data.append(b"x" * 1000000)')],
    ['node', node('const kept = [];', 'for (;;) kept.push(Buffer.alloc(4 * 1024 * 1024, 1));')],
    [
      'node, on its heap',
      node('const kept = [];', 'for (;;) kept.push(new Array(10000).fill(0).map((_, i) => ({ i })));'),
    ],
    [
      'a child of the code',
      python(
        'import subprocess, sys',
        'code = "d = []\\nwhile True: d.append(b\'x\' * 1000000)"',
        'subprocess.run([sys.executable, "-c", code])',
        'return 1',
      ),
    ],
  ])('ends %s', async (_, request) => {
    const done = await run({ ...request, memoryMb: 128, timeoutMs: 60_000 });
    expect(done).toMatchObject({ status: 'FAILED', errorType: 'OUT_OF_MEMORY', result: null });
    expect(done.errorMessage).toContain('128');
  });

  test('lets the code have what it was promised', async () => {
    expect(await valueOf({ ...python('data = b"x" * (180 * 1024 * 1024)', 'return len(data)'), memoryMb: 256 })).toBe(
      180 * MIB,
    );
    const { usage } = await completed({ ...node('return Buffer.alloc(120 * 1024 * 1024, 1).length;'), memoryMb: 256 });
    expect(usage?.maxMemoryBytes).toBeGreaterThan(120 * MIB);
    expect(usage?.maxMemoryBytes).toBeLessThanOrEqual(256 * MIB);
  });
});

/** See docs/contracts/invocations.md#limits. */
describe('a log line of more than 8 KiB', () => {
  test.each([
    ['python', python('print("x" * 8192)', 'print("y" * 8193)', 'print("z" * 100000)', 'print("after")')],
    [
      'node',
      node(
        'for (const [c, n] of [["x", 8192], ["y", 8193], ["z", 100000]]) console.log(c.repeat(n)); console.log("after");',
      ),
    ],
  ])('is cut and says so (%s)', async (_, request) => {
    const { invocationId, truncated } = await completed(request);
    const full = 'x'.repeat(LINE_BYTES);
    expect(logLines(await eventsOf(invocationId))).toEqual([
      { line: full, stream: 'stdout', truncated: false },
      { line: full.replaceAll('x', 'y'), stream: 'stdout', truncated: true },
      { line: full.replaceAll('x', 'z'), stream: 'stdout', truncated: true },
      { line: 'after', stream: 'stdout', truncated: false },
    ]);
    expect(truncated).toEqual({ logs: true, result: false });
  });

  test('is cut between characters', async () => {
    const { invocationId } = await completed(python('print("한" * 5000)'));
    const [line] = await linesOf(invocationId);
    expect(line).toBe('한'.repeat(Math.floor(LINE_BYTES / 3)));
  });
});

describe('more output than is kept', () => {
  test('by bytes: one closing line says so and the code runs on', async () => {
    const { invocationId, truncated, result } = await completed(
      node('for (let i = 0; i < 400; i++) console.log("x".repeat(8000));', 'return "ran on";'),
    );
    expect(result.body).toBe('"ran on"');
    expect(truncated).toEqual({ logs: true, result: false });
    const lines = await linesOf(invocationId);
    const written = lines.filter((line) => line === 'x'.repeat(8000));
    expect(written).toHaveLength(lines.length - 1);
    expect(Buffer.byteLength(written.join(''))).toBeLessThanOrEqual(MIB);
    expect(Buffer.byteLength(written.join(''))).toBeGreaterThan(MIB - 2 * 8000);
    expect(lines.at(-1)).toMatch(/output.*dropped|dropped.*output/i);
  });

  test('by lines: one closing line says so and the code runs on', async () => {
    const { streamUrl } = await start(python('for i in range(12000): print(i)', 'return "ran on"'));
    const { events } = await follow(streamUrl);
    const lines = logLines(events).map(({ line }) => line);
    expect(lines.slice(0, LOG_LINES)).toEqual(Array.from({ length: LOG_LINES }, (_, i) => String(i)));
    expect(lines).toHaveLength(LOG_LINES + 1);
    expect(lines.at(-1)).toMatch(/output.*dropped|dropped.*output/i);
    expect(events.at(-1)?.data).toMatchObject({ status: 'COMPLETED', payload: { result: { body: '"ran on"' } } });
  });

  test('without end: is stopped by the time limit only', async () => {
    const done = await run({ ...python('while True: print("x" * 1000)'), timeoutMs: 1_500 });
    expect(done).toMatchObject({ status: 'FAILED', errorType: 'TIMEOUT', truncated: { logs: true } });
  });
});

describe('a result body', () => {
  test.each([
    ['python', python('return {"statusCode": 200, "body": "é" * 700000}')],
    ['node', node('return { statusCode: 200, body: "é".repeat(700000) };')],
  ])('of more than 1 MiB is cut between characters (%s)', async (_, request) => {
    const { result, truncated } = await completed(request);
    expect(truncated).toEqual({ logs: false, result: true });
    expect(result.body).toBe('é'.repeat(MIB / 2));
  });

  test('of characters of three bytes is cut where one ends', async () => {
    const { result } = await completed(python('return {"statusCode": 200, "body": "한" * 400000}'));
    expect(result.body).toBe('한'.repeat(Math.floor(MIB / 3)));
  });

  test('of just 1 MiB is whole', async () => {
    const { result, truncated } = await completed(python('return {"statusCode": 200, "body": "x" * (1024 * 1024)}'));
    expect(truncated.result).toBe(false);
    expect(result.body).toHaveLength(MIB);
  });

  test('that was cut comes through the stream the same', async () => {
    const { streamUrl } = await start(node('return { statusCode: 200, body: "x".repeat(2000000) };'));
    const last = (await follow(streamUrl)).events.at(-1);
    expect(last?.data).toMatchObject({ type: 'COMPLETE', payload: { result: { body: 'x'.repeat(MIB) } } });
  });
});
