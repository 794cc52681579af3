import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from '../../support/wait';
import { LANGUAGES, useEnvironment } from './support/languages';
import { processesWith } from './support/processes';

/** Ways to leave the tree of one's parent. The program at the end has `MARK` in its command line. */
const SLEEPERS = {
  'a plain child': 'sh -c "sleep 600; : MARK" &',
  'a session of its own': 'setsid sh -c "sleep 600; : MARK" &',
  'a child of a parent that has ended': '(setsid sh -c "sleep 600; : MARK" &)',
  'children of children': "setsid sh -c \"(setsid sh -c 'sleep 600; : MARK' &) ; (sh -c 'sleep 600; : MARK' &)\" &",
  'a child that does not listen to signals': '(setsid sh -c "trap : HUP INT TERM PIPE; sleep 600; : MARK" &)',
  'a child without output': '(setsid sh -c "sleep 600; : MARK" >/dev/null 2>&1 </dev/null &)',
};

describe.each(LANGUAGES)('processes of a run in %s', (language) => {
  const environment = useEnvironment(language);

  test.each(Object.entries(SLEEPERS))('are gone with its end: %s', async (_, sleeper) => {
    const mark = `mark-${randomUUID()}`;
    const script = JSON.stringify(`${sleeper.replaceAll('MARK', mark)}\necho started`);
    const code = {
      python: `import subprocess\ndef handler(event):\n    subprocess.Popen(["sh", "-c", ${script}]).wait()\n    return 1`,
      node: `exports.handler = () => { require("child_process").spawnSync("sh", ["-c", ${script}], { stdio: "inherit" }); return 1; };`,
    };
    const run = await environment().run({ code: code[language] });
    expect(run.value).toEqual({ statusCode: 200, body: '1' });
    expect(run.lines()).toEqual(['started']);
    expect(processesWith(mark)).toEqual([]);
  });

  test('are gone when it runs out of time', async () => {
    const mark = `mark-${randomUUID()}`;
    const script = JSON.stringify(`(setsid sh -c "sleep 600; : ${mark}" &) ; sleep 600; : ${mark}`);
    const code = {
      python: `import subprocess\ndef handler(event):\n    subprocess.run(["sh", "-c", ${script}])`,
      node: `exports.handler = () => { require("child_process").spawnSync("sh", ["-c", ${script}], { stdio: "inherit" }); };`,
    };
    const run = await environment().run({ code: code[language], limits: { timeoutMs: 1000 } });
    expect(run.error.errorType).toBe('TIMEOUT');
    expect(processesWith(mark)).toEqual([]);
  });

  test('are gone though they fork without end', async () => {
    const mark = `mark-${randomUUID()}`;
    // A shell that starts the next one and ends, 3000 times: one is always alive, never the same. Now and then one stays.
    const script = JSON.stringify(
      `n=$1; [ $n -gt 3000 ] && exit; [ $((n % 100)) = 0 ] && setsid sh -c "sleep 600" ${mark} & setsid sh -c "$2" ${mark} $((n+1)) "$2" &`,
    );
    const code = {
      python: `import subprocess, time\ndef handler(event):\n    s = ${script}\n    subprocess.Popen(["sh", "-c", s, "${mark}", "0", s])\n    time.sleep(600)`,
      node: `exports.handler = () => { const s = ${script}; require("child_process").spawn("sh", ["-c", s, "${mark}", "0", s]); return new Promise((r) => setTimeout(r, 600_000)); };`,
    };
    const run = await environment().run({ code: code[language], limits: { timeoutMs: 500, memoryMb: 3000 } });
    expect(run.error.errorType).toBe('TIMEOUT');
    expect(processesWith(mark)).toEqual([]);
  });

  test('do not hold up its end with the output they keep open', async () => {
    const script = JSON.stringify('(setsid sleep 600 &) ; echo started');
    const code = {
      python: `import subprocess\nsubprocess.run(["sh", "-c", ${script}])`,
      node: `require("child_process").spawnSync("sh", ["-c", ${script}], { stdio: "inherit" });`,
    };
    const run = await environment().run({ kind: 'script', code: code[language] });
    expect(run.only('output').stdout).toBe('started\n');
    expect(run.usage.exitCode).toBe(0);
  });

  test('are fresh for every run: one child waits, and is a new one each time', async () => {
    const code = {
      python:
        'import os, builtins\ndef handler(event):\n    seen = getattr(builtins, "seen", None)\n    builtins.seen = 1\n    return [os.getpid(), seen]',
      node: 'exports.handler = () => { const seen = globalThis.seen ?? null; globalThis.seen = 1; return [process.pid, seen]; };',
    };
    const pids = new Set<number>();
    for (let round = 0; round < 3; round += 1) {
      const run = await environment().run({ code: code[language] });
      const [pid, seen] = JSON.parse((run.value as { body: string }).body) as [number, unknown];
      pids.add(pid);
      expect(seen).toBeNull();
      expect(run.only('ready').cold).toBe(false);
    }
    expect(pids.size).toBe(3);
  });

  test('a child that died while it waited is replaced', async () => {
    await environment().api.idle();
    const [waiting] = processesWith(environment().language === 'python' ? 'python/child.py' : 'node/child.mjs').filter(
      (pid) => isChildOf(pid, environment().process.pid),
    );
    process.kill(waiting ?? 0, 'SIGKILL');
    const code = { python: 'def handler(event):\n    return 1', node: 'exports.handler = () => 1;' };
    expect((await environment().run({ code: code[language] })).value).toEqual({ statusCode: 200, body: '1' });
  });
});

describe.each(LANGUAGES)('the scratch folder in %s', (language) => {
  const environment = useEnvironment(language);
  const onlyTheWaitingOne = () =>
    waitFor('one scratch folder', () => (environment().scratchFolders().length === 1 ? true : undefined), {
      everyMs: 5,
    });

  test('belongs to its run alone', async () => {
    const code = {
      python: 'import os, stat\ndef handler(event):\n    return [oct(os.stat(".").st_mode & 0o777), os.getcwd()]',
      node: 'exports.handler = () => [`0o${(require("fs").statSync(".").mode & 0o777).toString(8)}`, process.cwd()];',
    };
    const seen = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      const run = await environment().run({ code: code[language] });
      const [mode, folder] = JSON.parse((run.value as { body: string }).body) as [string, string];
      expect(mode).toBe('0o700');
      expect(path.dirname(folder)).toBe(environment().temporary);
      seen.add(folder);
    }
    expect(seen.size).toBe(2);
    await onlyTheWaitingOne();
  });

  test('is removed with whatever user code left in it, and nothing else is', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'narae-outside-'));
    writeFileSync(path.join(outside, 'kept'), 'kept');
    const shell = `
      ln -s ${outside} link; ln -s ${outside}/kept filelink; mkfifo pipe; mkdir -p a/b; ln -s ${outside} a/b/link
      mkdir locked; touch locked/x; mkdir locked/in; chmod 000 locked/in locked; mkdir .moved-1; touch .moved-1/x; touch .moved-2
      printf x > "$(printf 'bad\\377name')"; mkdir "$(printf 'bad\\377dir')"; chmod 000 .`;
    const code = {
      python: `import os, subprocess\ndef handler(event):\n    for _ in range(1500):\n        os.mkdir("d" * 50)\n        os.chdir("d" * 50)\n    os.chdir(os.environ["HOME"])\n    subprocess.run(["sh", "-c", ${JSON.stringify(shell)}])\n    return 1`,
      node: `exports.handler = () => { const fs = require("fs"); for (let i = 0; i < 1500; i += 1) { fs.mkdirSync("d".repeat(50)); process.chdir("d".repeat(50)); } process.chdir(process.env.HOME); require("child_process").spawnSync("sh", ["-c", ${JSON.stringify(shell)}]); return 1; };`,
    };
    try {
      const run = await environment().run({ code: code[language] });
      expect(run.value).toEqual({ statusCode: 200, body: '1' });
      await onlyTheWaitingOne();
      expect(readdirSync(outside)).toEqual(['kept']);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('may be removed by user code itself', async () => {
    const code = {
      python: 'import os, shutil\ndef handler(event):\n    shutil.rmtree(os.environ["HOME"])\n    return 1',
      node: 'exports.handler = () => { require("fs").rmSync(process.env.HOME, { recursive: true }); return 1; };',
    };
    expect((await environment().run({ code: code[language] })).value).toEqual({ statusCode: 200, body: '1' });
    await onlyTheWaitingOne();
    expect(existsSync(environment().temporary)).toBe(true);
  });
});

function isChildOf(pid: number, parent: number | undefined): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
}
