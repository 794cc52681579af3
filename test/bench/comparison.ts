import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/ports';
import { startProgram } from '../support/program';
import { REPOSITORY } from '../support/system';
import { NoUseWaiting, waitFor } from '../support/wait';

/** What a function's invoke is compared with: the same handlers on serverless-offline, installed on first use. */

const HERE = join(__dirname, 'serverless-offline');
const THERE = join(REPOSITORY, '.narae/tools/serverless-offline');
const INSTALL_MS = 300_000;
/** The newest that it takes; only the name of the command depends on it. */
const ITS_PYTHON = 'python3.11';

export interface Comparison {
  /** Origin; the handlers are at `/python` and `/node`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts it, and waits until it answers.
 * @param python the sandbox's
 */
export async function startComparison(python: string): Promise<Comparison> {
  await install();
  const commands = await mkdtemp(join(tmpdir(), 'narae-bench-commands-'));
  await symlink(python, join(commands, ITS_PYTHON));
  const [httpPort, lambdaPort] = [await freePort(), await freePort()];
  const offline = join(THERE, 'node_modules/serverless/bin/serverless.js');
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
  const program = await startProgram({
    command: process.execPath,
    args: [offline, 'offline', 'start', '--host', '127.0.0.1', ...ports],
    cwd: THERE,
    env: {
      PATH: `${commands}${delimiter}${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: commands,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      // It asks nobody on the network anything.
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
    },
  });
  const url = `http://127.0.0.1:${httpPort}`;
  const stop = async () => {
    await program.stop(20_000);
    await rm(commands, { recursive: true, force: true });
  };
  try {
    await waitFor(
      'serverless-offline to answer',
      async () => {
        if (program.ended() !== undefined) throw new NoUseWaiting(program.tail());
        return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).status;
      },
      { deadlineMs: 60_000 },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** By its lock file, without install scripts; nothing is done where it is there already. */
async function install(): Promise<void> {
  await mkdir(THERE, { recursive: true });
  const locked = (folder: string) => readFile(join(folder, 'package-lock.json'), 'utf8').catch(() => '');
  const isThere = (await locked(THERE)) === (await locked(HERE));
  for (const file of await readdir(HERE)) await copyFile(join(HERE, file), join(THERE, file));
  const modules = await readdir(join(THERE, 'node_modules')).catch(() => []);
  if (isThere && modules.length > 0) return;
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', npm, { cwd: THERE, timeout: INSTALL_MS });
}
