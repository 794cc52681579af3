import { describeIsolated } from './support/bubblewrap';
import { SandboxEnvironment, TASK_ROOTS } from './support/environment';
import { LANGUAGES, useEnvironment, type Code } from './support/languages';

interface Ending {
  readonly says: string;
  readonly kind: 'handler' | 'script';
  readonly code: Code;
  /** An exit code, or the signal's name. */
  readonly is: number | string;
}

/**
 * Exit codes that a shell, and so a launcher, also has for signals; and what is one
 * (docs/contracts/jobs.md#run-result-dataresult).
 */
const ENDINGS: Ending[] = [
  ...[129, 137, 159, 192].map((is): Ending => ({
    says: `a script’s exit with ${is}`,
    kind: 'script',
    code: { python: `import sys\nsys.exit(${is})`, node: `process.exit(${is});` },
    is,
  })),
  {
    says: 'a script’s exit past everything',
    kind: 'script',
    code: { python: 'import os\nos._exit(137)', node: 'process.reallyExit(137);' },
    is: 137,
  },
  {
    says: 'a script’s exit with a code beyond a byte',
    kind: 'script',
    code: { python: 'import sys\nsys.exit(256 + 143)', node: 'process.exit(256 + 143);' },
    is: 143,
  },
  {
    says: 'a code that a script has in the end',
    kind: 'script',
    code: {
      python: 'class Stop(SystemExit):\n    pass\nraise Stop(130)',
      node: 'process.exitCode = 130;',
    },
    is: 130,
  },
  {
    says: 'a code that is set by the last listener',
    kind: 'script',
    code: {
      python: 'import atexit, os\natexit.register(os._exit, 130)',
      node: 'process.on("exit", () => { process.exitCode = 130; });',
    },
    is: 130,
  },
  {
    says: 'an exit at the last moment',
    kind: 'script',
    code: {
      python: 'import atexit, os\natexit.register(os._exit, 139)\nraise SystemExit(137)',
      node: 'process.on("exit", () => process.exit(139));\nprocess.exitCode = 137;',
    },
    is: 139,
  },
  {
    says: 'a handler’s exit',
    kind: 'handler',
    code: {
      python: 'import sys\ndef handler(event):\n    sys.exit(137)',
      node: 'exports.handler = () => process.exit(137);',
    },
    is: 137,
  },
  {
    says: 'a handler’s exit past everything',
    kind: 'handler',
    code: {
      python: 'import os\ndef handler(event):\n    os._exit(143)',
      node: 'exports.handler = () => process.reallyExit(143);',
    },
    is: 143,
  },
  {
    says: 'a kill',
    kind: 'script',
    code: {
      python: 'import os\nos.kill(os.getpid(), 9)',
      node: 'process.kill(process.pid, "SIGKILL");\nsetTimeout(() => {}, 60_000);',
    },
    is: 'SIGKILL',
  },
  {
    says: 'a kill on the way to an exit with that code',
    kind: 'script',
    code: {
      python:
        'import os, sys, threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), os.kill(os.getpid(), 9))).start()\nsys.exit(137)',
      node: 'process.exitCode = 137;\nprocess.kill(process.pid, "SIGKILL");\nsetTimeout(() => {}, 60_000);',
    },
    is: 'SIGKILL',
  },
  {
    says: 'a kill after another process’s exit with that code',
    kind: 'script',
    code: {
      python:
        'import os, sys\nfor end in (os._exit, sys.exit):\n    pid = os.fork()\n    if not pid:\n        end(137)\n    os.waitpid(pid, 0)\nos.kill(os.getpid(), 9)',
      node: 'require("child_process").spawnSync(process.execPath, ["-e", "process.exit(137)"]);\nprocess.kill(process.pid, "SIGKILL");\nsetTimeout(() => {}, 60_000);',
    },
    is: 'SIGKILL',
  },
];

/** Ways to take the harness's descriptor away, after which the code ends itself: nothing waits for an answer then. */
const CLOSED: Code = {
  python: 'import os\nos.closerange(3, 4096)\nos._exit(3)',
  node: 'require("fs").closeSync(4);\nprocess.exit(3);',
};
const REPLACED_BY_A_FULL_PIPE: Code = {
  python: `
import os
reader, writer = os.pipe()
os.set_blocking(writer, False)
try:
    while True:
        os.write(writer, bytes(4096))
except BlockingIOError:
    os.set_blocking(writer, True)
for name in os.listdir("/proc/self/fd"):
    if int(name) > 2 and int(name) not in (reader, writer):
        os.dup2(writer, int(name))
os._exit(143)`,
  node: `
const { closeSync, constants, openSync, writeSync } = require("fs");
require("child_process").execFileSync("mkfifo", ["full"]);
const writer = openSync("full", constants.O_RDWR | constants.O_NONBLOCK);
try {
  for (;;) writeSync(writer, Buffer.alloc(4096));
} catch {}
closeSync(4);
while (openSync("full", "r+") < 4);
process.exit(143);`,
};

function testEndings(environment: () => SandboxEnvironment, language: 'python' | 'node'): void {
  test.each(ENDINGS)('tells $says', async ({ kind, code, is }) => {
    const ended = await environment().run({ kind, code: code[language] });
    expect(ended.usage).toMatchObject(
      typeof is === 'number' ? { exitCode: is, signal: null } : { exitCode: null, signal: is },
    );
    expect(ended.error.message).toMatch(
      typeof is === 'number' ? new RegExp(`^Exited: .* exit code ${is}\\b`) : `Killed: the code was ended by ${is}`,
    );
  });

  test.each([
    ['closed', CLOSED],
    ['replaced by a full pipe', REPLACED_BY_A_FULL_PIPE],
  ])('does not wait where its descriptor was %s', async (_, code) => {
    const ended = await environment().run({ kind: 'script', code: code[language] });
    // Who waits for the descriptor waits for ever: that is a TIMEOUT.
    expect(ended.error.errorType).toBe('RUNTIME_ERROR');
  });
}

describe.each(LANGUAGES)('exits in %s', (language) => {
  testEndings(useEnvironment(language), language);
});

describeIsolated('exits behind bubblewrap', (isolation) => {
  describe.each(LANGUAGES)('in %s', (language) => {
    let environment: SandboxEnvironment;
    beforeAll(async () => {
      environment = await SandboxEnvironment.start(language, {
        environment: isolation().environment(TASK_ROOTS[language]),
      });
    });
    afterAll(() => environment.stop());
    testEndings(() => environment, language);

    test('tells a signal that has no name', async () => {
      const code: Code = {
        python: 'import os\nos.kill(os.getpid(), 40)',
        node: 'require("child_process").execSync(`kill -40 ${process.pid}`);\nsetTimeout(() => {}, 60_000);',
      };
      const ended = await environment.run({ kind: 'script', code: code[language] });
      expect(ended.usage).toMatchObject({ exitCode: null, signal: 'signal 40' });
      expect(ended.error.message).toBe('Killed: the code was ended by signal 40');
    });
  });
});
