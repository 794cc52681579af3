import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hasCode } from '../process/errors';
import { startOf } from '../process/identity';

/** Another live process holds the folder. */
export class AlreadyRunning extends Error {
  constructor(readonly pid: number) {
    super(`Process ${pid} runs on this folder.`);
  }
}

interface Holder {
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a process id alone may belong to another process by now. */
  readonly startedAt: string;
}

/**
 * Takes a folder for this process. A lock whose process is gone is taken over.
 * @returns what gives it back
 * @throws AlreadyRunning
 */
export function takeLock(file: string): () => void {
  const mine = `${file}.${process.pid}`;
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
  writeFileSync(mine, JSON.stringify(holder));
  try {
    while (!linked(mine, file)) {
      const other = readHolder(file);
      if (other && startOf(other.pid) === other.startedAt) throw new AlreadyRunning(other.pid);
      // Moved aside and not removed: of two that find the same dead lock only one moves it.
      moveAside(file, mine);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** A hard link is made whole or not at all, and never over an existing name. */
function linked(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function moveAside(file: string, mine: string): void {
  try {
    renameSync(file, `${mine}.stale`);
    rmSync(`${mine}.stale`, { force: true });
  } catch {
    // Another process has done it.
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined;
    return { pid: Number(value.pid), startedAt: String(value.startedAt) };
  } catch {
    return undefined;
  }
}
