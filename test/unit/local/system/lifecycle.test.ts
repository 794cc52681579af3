import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listen } from '../../../../local/process/listen';
import type { SystemFile } from '../../../../local/system/state-folder';
import { startProgram, type Program } from '../../../support/program';
import { NoUseWaiting, waitFor, within } from '../../../support/wait';

const REPOSITORY = path.resolve(__dirname, '../../../..');
const START_DEADLINE_MS = 240_000;
const TEST_LIMIT_MS = 300_000;

/** A clone of the repository with a small app in the place of the real one. */
let root: string;
let running: Program[] = [];
const state = () => path.join(root, '.narae');

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'narae-system-'));
  cpSync(path.join(REPOSITORY, 'local'), path.join(root, 'local'), { recursive: true });
  cpSync(path.join(__dirname, '../support/small-app'), root, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(path.join(REPOSITORY, file), path.join(root, file));
  }
  symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(root, 'node_modules'));
  mkdirSync(state());
  symlinkSync(path.join(REPOSITORY, '.narae', 'venv'), path.join(state(), 'venv'));
});

afterEach(async () => {
  for (const program of running) await program.stop(60_000);
  running = [];
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What `npm start` runs, without the shells in between. */
async function launch(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  [program, ...first]: readonly string[] = [process.execPath, 'local/bootstrap.mjs', 'start'],
): Promise<Program & { output: () => string }> {
  let output = '';
  const started = await startProgram({
    command: program ?? '',
    args: [...first, ...args],
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NARAE_PORT: '0', NARAE_SNAPSHOT_SECONDS: '1', ...env },
    onOutput: (text) => (output += text),
  });
  running.push(started);
  return { ...started, output: () => output };
}

async function start(...launching: Parameters<typeof launch>) {
  const program = await launch(...launching);
  const facts = await waitFor('the system', () => systemOf(program), { deadlineMs: START_DEADLINE_MS });
  return { program, facts };
}

function systemOf(program: Program): SystemFile | undefined {
  if (program.ended() !== undefined) throw new NoUseWaiting(`It ended (${program.ended() ?? ''}): ${program.tail()}`);
  const file = path.join(state(), 'system.json');
  if (!existsSync(file)) return undefined;
  const facts = JSON.parse(readFileSync(file, 'utf8')) as SystemFile;
  return isAlive(facts.pid) ? facts : undefined;
}

/** Ends the program with a signal and answers how it ended. */
async function end(program: Program, pid: number, signal: NodeJS.Signals): Promise<string> {
  process.kill(pid, signal);
  return waitFor('the end', () => program.ended(), { deadlineMs: 60_000 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Processes that work for this system: their environment or command names its folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return ['environ', 'cmdline'].some((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(folder));
    } catch {
      return false;
    }
  });
}

const gone = () =>
  waitFor('all its processes to be gone', () => (processesOf(root).length === 0 ? true : undefined), {
    deadlineMs: 20_000,
  });

const get = async (facts: SystemFile, address: string) => (await fetch(facts.url + address)).text();

describe('npm start', () => {
  test(
    'serves the API and the stream, refuses a second start, and leaves nothing behind when it is stopped',
    async () => {
      const taken = createServer();
      const wanted = await listen(taken);
      const { program, facts } = await start([], { NARAE_PORT: String(wanted) });
      taken.close();

      expect(facts.ports.edge).toBeGreaterThan(wanted);
      expect(JSON.parse(await get(facts, '/health'))).toMatchObject({ path: '/health' });
      expect(await get(facts, '/stream/x')).toBe('streamed /stream/x');
      const preflight = await fetch(`${facts.url}/x`, {
        method: 'OPTIONS',
        headers: { Origin: 'http://a.example', 'Access-Control-Request-Method': 'POST' },
      });
      // The function is asked, and the API has the last word on CORS.
      expect(preflight.headers.get('x-request-id')).toBe('req-small');
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-methods')).toBe('*');
      expect(program.output()).toContain(`Narae is running at ${facts.url}`);

      const second = await launch();
      expect(await waitFor('the second start to end', () => second.ended())).toBe('exit code 1');
      expect(second.tail()).toContain(`runs at ${facts.url}`);

      expect(await end(program, program.pid, 'SIGINT')).toBe('exit code 0');
      expect(existsSync(path.join(state(), 'system.json'))).toBe(false);
      await gone();
    },
    TEST_LIMIT_MS,
  );

  test(
    'has warmed up all functions that clients call before the first client comes',
    async () => {
      const { facts } = await start();
      const logs = () =>
        readdirSync(facts.logs)
          .filter((file) => file.startsWith('narae-local-'))
          .map((file) => readFileSync(path.join(facts.logs, file), 'utf8'));
      // Nobody but the start has asked them.
      const asked = () => logs().filter((text) => /asked for \/$/m.test(text)).length === 2 || undefined;
      await waitFor('both functions to have been asked', asked, { deadlineMs: 30_000 });
    },
    TEST_LIMIT_MS,
  );

  test(
    'has its state and its ports again after a restart, without deploying',
    async () => {
      const first = await start();
      await fetch(`${first.facts.awsEndpoint}/kept-bucket`, { method: 'PUT' });
      await fetch(`${first.facts.awsEndpoint}/kept-bucket/note`, { method: 'PUT', body: 'kept' });
      await end(first.program, first.facts.pid, 'SIGTERM');

      const { program, facts } = await start();

      expect(facts.awsEndpoint).toBe(first.facts.awsEndpoint);
      expect(program.output()).not.toContain('cdk deploy');
      expect(await (await fetch(`${facts.awsEndpoint}/kept-bucket/note`)).text()).toBe('kept');
      expect(JSON.parse(await get(facts, '/x'))).toMatchObject({ path: '/x' });
    },
    TEST_LIMIT_MS,
  );

  test(
    'starts again after it was killed, on the last snapshot, and its functions were not left running',
    async () => {
      const first = await start();
      await get(first.facts, '/x');
      const puts = await fetch(`${first.facts.awsEndpoint}/snapshot-bucket`, { method: 'PUT' });
      expect(puts.status).toBe(200);

      process.kill(first.facts.pid, 'SIGKILL');
      await waitFor('the end', () => first.program.ended());
      await gone();

      const { facts } = await start();
      expect((await fetch(`${facts.awsEndpoint}/snapshot-bucket`)).status).toBe(200);
      expect(JSON.parse(await get(facts, '/x'))).toMatchObject({ path: '/x' });
    },
    TEST_LIMIT_MS,
  );

  test(
    'ends, and says which part failed, when the emulator dies',
    async () => {
      const { program, facts } = await start();
      const emulator = processesOf(root).find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('emulator/serve.py'),
      );

      process.kill(Number(emulator), 'SIGKILL');

      expect(
        await within(
          'the end',
          60_000,
          waitFor('it', () => program.ended()),
        ),
      ).toBe('exit code 1');
      expect(program.output()).toMatch(/The AWS emulator ended \(SIGKILL\)/);
      expect(isAlive(facts.pid)).toBe(false);
      await gone();
    },
    TEST_LIMIT_MS,
  );
});

describe('npm start -- --watch', () => {
  test(
    'deploys what changes and tells which functions have new code',
    async () => {
      const { program, facts } = await start(['--watch']);
      expect(JSON.parse(await get(facts, '/x'))).not.toHaveProperty('more');
      const source = path.join(root, 'bin', 'narae.ts');

      writeFileSync(source, readFileSync(source, 'utf8').replace('pid: process.pid', 'pid: process.pid, more: true'));

      await waitFor('the new code', async () => (await get(facts, '/x')).includes('"more":true') || undefined, {
        deadlineMs: 120_000,
      });
      await waitFor('the message', () => program.output().includes('New code: narae-local-api-') || undefined);
      expect(await get(facts, '/stream/x')).toBe('streamed /stream/x');
    },
    TEST_LIMIT_MS,
  );
});

describe('the end of npm start', () => {
  test.each([
    ['of the process it started', ['node', 'local/bootstrap.mjs', 'start'], 'SIGKILL'],
    ['of npm, which tells nobody', ['npm', 'start'], 'SIGTERM'],
  ] as const)(
    'ends the system too: %s',
    async (_, command, signal) => {
      const { program, facts } = await start([], {}, command);

      process.kill(program.pid, signal);

      await waitFor('the system to end', () => (isAlive(facts.pid) ? undefined : true), { deadlineMs: 60_000 });
      expect(existsSync(path.join(state(), 'system.json'))).toBe(false);
      await gone();
    },
    TEST_LIMIT_MS,
  );
});

describe('help', () => {
  test('tells options and variables, and starts nothing', async () => {
    const program = await startProgram({
      command: process.execPath,
      args: ['local/bootstrap.mjs', 'start', '--help'],
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    });

    expect(await waitFor('the end', () => program.ended())).toBe('exit code 0');
    expect(program.tail()).toMatch(/--watch[^]*NARAE_STATE_DIR/);
  });
});
