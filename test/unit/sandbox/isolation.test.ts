import { randomUUID } from 'node:crypto';
import { describeIsolated } from './support/bubblewrap';
import { BURNS, LEAST_BURNT_MS } from './support/burns';
import { SandboxEnvironment, TASK_ROOTS } from './support/environment';
import { LANGUAGES } from './support/languages';
import type { Order } from './support/order';
import { processesWith } from './support/processes';

/** The launcher that `npm start` puts in front of children. */
describeIsolated('isolated by bubblewrap', (isolation, dir) => {
  describe.each(LANGUAGES)('in %s', (language) => {
    let environment: SandboxEnvironment;
    beforeAll(async () => {
      const { NARAE_CHILD_LAUNCHER, NARAE_PYTHON } = isolation().environment(TASK_ROOTS[language]);
      environment = await SandboxEnvironment.start(language, {
        environment: { NARAE_CHILD_LAUNCHER: NARAE_CHILD_LAUNCHER ?? '', NARAE_PYTHON: NARAE_PYTHON ?? '' },
      });
    });
    afterAll(() => environment.stop());
    const run = (code: Record<'python' | 'node', string>, order: Partial<Order> = {}) =>
      environment.run({ code: code[language], ...order });

    test('the isolation is the full one', () => {
      expect(isolation().tier).toBe('full');
    });

    test('runs a handler, with its output and its value', async () => {
      const ended = await run(
        {
          python:
            'import os\ndef handler(event):\n    print("hello", event["who"])\n    return [os.getcwd() == os.environ["HOME"], os.listdir()]',
          node: 'exports.handler = (event) => { console.log("hello", event.who); return [process.cwd() === process.env.HOME, require("fs").readdirSync(".")]; };',
        },
        { event: { who: 'Bora' } },
      );
      expect(ended.order).toEqual(['ready', 'start', 'log', 'result', 'usage', 'end']);
      expect(ended.lines()).toEqual(['hello Bora']);
      expect(ended.value).toMatchObject({ body: expect.stringMatching(/^\[true,\["main\.(py|js)"\]\]$/) as unknown });
    });

    test('shows nothing of the machine and lets nothing be written to it', async () => {
      const ended = await run({
        python: `import os\ndef can(path):\n    try:\n        open(path, "w")\n        return True\n    except OSError:\n        return False\ndef handler(event):\n    return [os.path.exists("${dir}"), can("/etc/x"), can(os.path.dirname(os.environ["HOME"]) + "/x"), len([p for p in os.listdir("/proc") if p.isdigit()]) < 10, os.getuid() == 0]`,
        node: `const fs = require("fs");\nconst can = (path) => { try { fs.writeFileSync(path, ""); return true; } catch { return false; } };\nexports.handler = () => [fs.existsSync("${dir}"), can("/etc/x"), can(require("path").dirname(process.env.HOME) + "/x"), fs.readdirSync("/proc").filter((p) => Number(p)).length < 10, process.getuid() === 0];`,
      });
      expect(ended.value).toEqual({ statusCode: 200, body: '[false,false,false,true,false]' });
    });

    test('runs a script with input, and lets it open its streams by name', async () => {
      const ended = await run(
        {
          python: 'text = open("/dev/stdin").read()\nopen("/dev/stdout", "w").write(text.upper())\nraise SystemExit(4)',
          node: 'const fs = require("fs");\nfs.writeFileSync("/dev/stdout", fs.readFileSync("/dev/stdin", "utf8").toUpperCase());\nprocess.exit(4);',
        },
        { kind: 'script', stdin: 'four' },
      );
      expect(ended.only('output').stdout).toBe('FOUR');
      expect(ended.error.message).toBe('Exited: the program ended with exit code 4');
      expect(ended.usage).toMatchObject({ exitCode: 4, signal: null });
    });

    test('tells the signal that ended the code', async () => {
      const ended = await run({
        python: 'import os\nos.kill(os.getpid(), 11)',
        node: 'process.kill(process.pid, "SIGSEGV");\nsetTimeout(() => {}, 60_000);',
      });
      expect(ended.error).toMatchObject({
        errorType: 'RUNTIME_ERROR',
        message: 'Killed: the code was ended by SIGSEGV',
      });
      expect(ended.usage).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    });

    test('ends all processes with the run, wherever they hide', async () => {
      const mark = `mark-${randomUUID()}`;
      const script = JSON.stringify(
        `(setsid env -i /bin/sh -c 'cd /; sleep 600; : ${mark}' >/dev/null 2>&1 &) ; sleep 0.05`,
      );
      const ended = await run({
        python: `import subprocess\ndef handler(event):\n    subprocess.run(["sh", "-c", ${script}])\n    return 1`,
        node: `exports.handler = () => { require("child_process").spawnSync("sh", ["-c", ${script}], { stdio: "inherit" }); return 1; };`,
      });
      expect(ended.value).toEqual({ statusCode: 200, body: '1' });
      expect(processesWith(mark)).toEqual([]);
    });

    test('does not wait for processes that outlive a script', async () => {
      const script = JSON.stringify('setsid sleep 600 & echo started');
      const ended = await run(
        {
          python: `import subprocess\nsubprocess.run(["sh", "-c", ${script}])`,
          node: `require("child_process").spawnSync("sh", ["-c", ${script}], { stdio: "inherit" });`,
        },
        { kind: 'script' },
      );
      expect(ended.only('output').stdout).toBe('started\n');
      expect(ended.value).toBeNull();
    });

    test('keeps the time limit', async () => {
      const ended = await run(
        {
          python: 'print("so far")\ndef handler(event):\n    while True: pass',
          node: 'console.log("so far");\nexports.handler = () => { for (;;); };',
        },
        { limits: { timeoutMs: 400 } },
      );
      expect(ended.error.errorType).toBe('TIMEOUT');
      expect(ended.lines()).toEqual(['so far']);
    });

    test.each([
      [
        'the process',
        {
          python: 'def handler(event):\n    x = []\n    while True:\n        x.append(bytearray(1 << 20))',
          node: 'exports.handler = () => { const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1)); };',
        },
      ],
      [
        'a process that it started',
        {
          python:
            'import os\ndef handler(event):\n    if os.fork():\n        os.wait()\n    x = []\n    while True:\n        x.append(bytearray(1 << 20))',
          node: 'exports.handler = () => { require("child_process").spawnSync(process.execPath, ["-e", "const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1));"]); };',
        },
      ],
    ])('keeps the memory limit for %s', async (_, code) => {
      const ended = await run(code, { limits: { memoryMb: 160 } });
      expect(ended.error.errorType).toBe('OUT_OF_MEMORY');
    });

    test('counts what the code used, not what the isolation used', async () => {
      const ended = await run(
        {
          python: `x = bytearray(50 << 20)\n${BURNS.python}`,
          node: `const x = Buffer.alloc(50 << 20, 1);\n${BURNS.node}`,
        },
        { kind: 'script' },
      );
      expect(ended.usage.cpuMs).toBeGreaterThanOrEqual(LEAST_BURNT_MS);
      expect(ended.usage.maxMemoryBytes).toBeGreaterThan(50 * 1024 * 1024);
      expect(ended.usage.maxMemoryBytes).toBeLessThan(150 * 1024 * 1024);
      const idle = await run({ python: 'pass', node: '' }, { kind: 'script' });
      expect(idle.usage.cpuMs).toBeLessThan(ended.usage.cpuMs);
      expect(idle.usage.maxMemoryBytes).toBeLessThan(100 * 1024 * 1024);
    });
  });
});
