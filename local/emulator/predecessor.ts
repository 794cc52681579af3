import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOf } from '../process/identity';
import { waitUntil } from '../process/wait';

/**
 * The emulator that ran on a state folder before. Where its launcher was killed it may still be writing: a second one on the
 * same folder would read half of that, and have its own state overwritten by what the first had in memory.
 */

/** As long as it may take to write a large state on a slow disk. */
const ENDS_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 5_000;

const fileIn = (stateDir: string) => path.join(stateDir, '.running');

/** Remembers the emulator that runs on this folder from now on. */
export async function rememberEmulator(stateDir: string, pid: number): Promise<void> {
  await writeFile(fileIn(stateDir), `${pid} ${startOf(pid) ?? ''}\n`);
}

/** Returns when no earlier emulator works on this folder. One that does not end by itself is killed: its journal is kept. */
export async function predecessorEnded(stateDir: string): Promise<void> {
  const text = await readFile(fileIn(stateDir), 'utf8').catch(() => '');
  const [, pid, startedAt] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
  if (pid === undefined) return;
  const isGone = () => startOf(Number(pid)) !== startedAt;
  if (await waitUntil(isGone, ENDS_WITHIN_MS)) return;
  process.kill(Number(pid), 'SIGKILL');
  if (!(await waitUntil(isGone, GONE_WITHIN_MS))) {
    throw new Error(`Process ${pid}, an earlier AWS emulator, does not end and writes into ${stateDir}.`);
  }
}
