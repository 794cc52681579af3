import { createServer, type Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { listen } from '../../../local/process/listen';
import { BURNS, LEAST_BURNT_MS, ROUNDING_MS } from './support/burns';
import { LANGUAGES, useEnvironment } from './support/languages';

const MIB = 1024 * 1024;

describe.each(LANGUAGES)('limits in %s', (language) => {
  const environment = useEnvironment(language);
  const forever = {
    python: 'import time\nprint("so far")\ndef handler(event):\n    time.sleep(60)',
    node: 'console.log("so far");\nexports.handler = () => new Promise((r) => setTimeout(r, 60_000));',
  };
  const busy = {
    python: 'print("so far")\ndef handler(event):\n    while True: pass',
    node: 'console.log("so far");\nexports.handler = () => { for (;;); };',
  };

  test.each([
    ['waits', forever],
    ['is busy', busy],
    [
      'is busy while it is loaded',
      { python: 'print("so far")\nwhile True: pass', node: 'console.log("so far"); for (;;);' },
    ],
    [
      'does not listen to signals',
      {
        python:
          'import signal, time\nfor s in (1, 2, 15):\n    signal.signal(s, signal.SIG_IGN)\nprint("so far")\ndef handler(event):\n    time.sleep(60)',
        node: 'for (const s of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(s, () => {});\nconsole.log("so far");\nexports.handler = () => new Promise((r) => setTimeout(r, 60_000));',
      },
    ],
  ])('ends code that %s at its time, with the output so far', async (_, code) => {
    const run = await environment().run({ code: code[language], limits: { timeoutMs: 400 } });
    expect(run.error).toMatchObject({
      errorType: 'TIMEOUT',
      name: 'Timeout',
      message: 'Timeout: the code did not end within 400 ms',
    });
    expect(run.lines('stdout')).toEqual(['so far']);
    expect(run.usage).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(run.usage.durationMs).toBeGreaterThanOrEqual(400);
  });

  test('counts the processor time of busy code, and little for code that waits', async () => {
    const code = {
      python: `def handler(event):\n    ${BURNS.python}`,
      node: `exports.handler = () => { ${BURNS.node} };`,
    };
    const [worked, waited] = [
      await environment().run({ code: code[language] }),
      await environment().run({ code: forever[language], limits: { timeoutMs: 400 } }),
    ];
    expect(worked.usage.cpuMs).toBeGreaterThanOrEqual(LEAST_BURNT_MS);
    expect(worked.usage.cpuMs).toBeLessThanOrEqual(availableParallelism() * worked.usage.durationMs + ROUNDING_MS);
    expect(waited.usage.cpuMs).toBeLessThan(worked.usage.cpuMs);
  });

  test('counts the processor time of processes that the code started', async () => {
    const code = {
      python: `import subprocess, sys\ndef handler(event):\n    subprocess.run([sys.executable, "-c", ${JSON.stringify(BURNS.python)}])`,
      node: `exports.handler = () => { require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(BURNS.node)}]); };`,
    };
    const none = {
      python: 'import subprocess\ndef handler(event):\n    subprocess.run(["true"])',
      node: 'exports.handler = () => { require("child_process").spawnSync("true"); };',
    };
    const [burnt, idle] = [
      await environment().run({ code: code[language] }),
      await environment().run({ code: none[language] }),
    ];
    expect(burnt.usage.cpuMs).toBeGreaterThanOrEqual(LEAST_BURNT_MS);
    expect(idle.usage.cpuMs).toBeLessThan(burnt.usage.cpuMs);
  });

  test.each([
    [
      'in the process',
      {
        python: 'def handler(event):\n    x = []\n    while True:\n        x.append(bytearray(1 << 20))',
        node: 'exports.handler = () => { const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1)); };',
      },
    ],
    [
      'in a process that it started',
      {
        python:
          'import subprocess, sys\ndef handler(event):\n    subprocess.run([sys.executable, "-c", "x = []\\nwhile True: x.append(bytearray(1 << 20))"])',
        node: 'exports.handler = () => { require("child_process").spawnSync(process.execPath, ["-e", "const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1));"]); };',
      },
    ],
    [
      'all at once',
      {
        python: 'def handler(event):\n    x = bytearray(400 << 20)\n    return len(x)',
        node: 'exports.handler = () => Buffer.alloc(400 << 20, 1).length;',
      },
    ],
  ])('ends code that takes too much memory %s', async (_, code) => {
    const run = await environment().run({ code: code[language], limits: { memoryMb: 160 } });
    expect(run.error).toMatchObject({
      errorType: 'OUT_OF_MEMORY',
      message: 'OutOfMemory: the code used more than 160 MiB of memory',
    });
    expect(run.usage.maxMemoryBytes).toBeGreaterThan(160 * MIB);
  });

  test('tells the peak of memory, also if it lasted a moment only', async () => {
    const code = {
      python: 'def handler(event):\n    bytearray(100 << 20)',
      node: 'exports.handler = () => { Buffer.alloc(100 << 20, 1); };',
    };
    const run = await environment().run({ code: code[language] });
    expect(run.usage.maxMemoryBytes).toBeGreaterThan(100 * MIB);
    expect(run.usage.maxMemoryBytes).toBeLessThan(250 * MIB);
  });

  test('bounds what comes for a result', async () => {
    const code = {
      python: 'def handler(event):\n    return {"statusCode": 200, "headers": {"a": "x" * 100000}, "body": ""}',
      node: 'exports.handler = () => ({ statusCode: 200, headers: { a: "x".repeat(100000) }, body: "" });',
    };
    const run = await environment().run({ code: code[language] });
    expect(run.error.errorType).toBe('INVALID_RESULT');
  });

  describe('cancelling', () => {
    let server: Server;
    let url: string;
    let answers: (() => number | undefined)[];
    let polls: number[];

    beforeEach(async () => {
      polls = [];
      server = createServer((_, response) => {
        polls.push(Date.now());
        const status = (answers.length > 1 ? answers.shift() : answers[0])?.();
        if (status !== undefined) response.writeHead(status).end('<Error/>');
      });
      url = `http://127.0.0.1:${await listen(server)}/cancel/inv-test?X-Amz-Signature=abc`;
    });
    afterEach(() => {
      server.close();
      server.closeAllConnections();
    });

    test('ends the code when the address answers, whatever came before', async () => {
      answers = [() => 404, () => undefined, () => 200];
      const run = await environment().run({ code: forever[language], cancelUrl: url });
      expect(run.error).toMatchObject({ errorType: 'CANCELLED', message: 'Cancelled: the run was cancelled' });
      expect(run.lines()).toEqual(['so far']);
      const [start] = run.all('start');
      expect((polls[0] ?? 0) - (start?.at ?? 0)).toBeGreaterThan(800);
    });

    test('does not ask for a run that is over', async () => {
      answers = [() => 200];
      const quick = { python: 'def handler(event):\n    return 1', node: 'exports.handler = () => 1;' };
      const run = await environment().run({ code: quick[language], cancelUrl: url });
      expect(run.all('result')).toHaveLength(1);
      const next = await environment().run({ code: forever[language], limits: { timeoutMs: 1200 } });
      expect(next.error.errorType).toBe('TIMEOUT');
      expect(polls).toEqual([]);
    });

    test('goes on where nobody answers', async () => {
      answers = [() => 403];
      const run = await environment().run({
        code: forever[language],
        cancelUrl: 'http://127.0.0.1:1/x',
        limits: { timeoutMs: 1300 },
      });
      expect(run.error.errorType).toBe('TIMEOUT');
    });
  });
});
