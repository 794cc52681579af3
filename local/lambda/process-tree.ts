import { readFileSync } from 'node:fs';
import { allPids, statFields } from '../process/proc';

/** What /proc says about one process. */
interface ProcessFacts {
  readonly parent: number;
  /** Resident memory with shared file pages, bytes. */
  readonly residentBytes: number;
}

const PAGE_BYTES = pageBytes();
/** A tree that forks while it is ended is looked at again this often. */
const ROUNDS = 10;

/** A picture of all processes, read once and asked for several trees. */
export class ProcessTable {
  readonly #processes: ReadonlyMap<number, ProcessFacts>;

  private constructor(processes: ReadonlyMap<number, ProcessFacts>) {
    this.#processes = processes;
  }

  static read(): ProcessTable {
    const processes = new Map<number, ProcessFacts>();
    for (const pid of allPids()) {
      const facts = readFacts(pid);
      if (facts) processes.set(pid, facts);
    }
    return new ProcessTable(processes);
  }

  /** The process and all that descend from it. */
  tree(root: number): number[] {
    const tree = this.#processes.has(root) ? [root] : [];
    for (let index = 0; index < tree.length; index += 1) {
      for (const [pid, { parent }] of this.#processes) if (parent === tree[index]) tree.push(pid);
    }
    return tree;
  }

  /** Resident memory of a tree, bytes. Pages of shared libraries count once per process: an upper bound. */
  residentBytes(root: number): number {
    return this.tree(root).reduce((sum, pid) => sum + (this.#processes.get(pid)?.residentBytes ?? 0), 0);
  }
}

/**
 * Memory of a tree that is its own: without the pages of files (code, libraries), and with pages that processes share
 * after a fork counted once. Bytes.
 */
export function ownBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + anonymousBytes(pid), 0);
}

/** Ends a process and all its descendants. They are stopped first, so that none can fork away meanwhile. */
export function killTree(root: number): void {
  const stopped = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = ProcessTable.read()
      .tree(root)
      .filter((pid) => !stopped.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      sendSignal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
  }
  // Children first: what loses its parent while it is stopped could be woken up by the kernel.
  for (const pid of [...stopped].reverse()) sendSignal(pid, 'SIGKILL');
  // What had lost its parent before is still in the process group.
  sendSignal(-root, 'SIGKILL');
}

/**
 * Ends what was started with a folder in its environment variables, in whatever tree it is. Seen: a launcher
 * (bubblewrap) that is killed in the first milliseconds of its start can leave a process that stays, with a parent that is
 * not of our tree. Why was not found out.
 * @param folder one whose name nobody else has
 */
export function killMentioning(folder: string): void {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = allPids().filter((pid) => pid !== process.pid && !killed.has(pid) && mentions(pid, folder));
    if (fresh.length === 0) return;
    for (const pid of fresh) {
      sendSignal(pid, 'SIGKILL');
      killed.add(pid);
    }
  }
}

function mentions(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder);
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}

/** Signals a process, or a group of them by a negative number; nothing where there is none. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

function readFacts(pid: number): ProcessFacts | undefined {
  const fields = statFields(pid);
  return fields && { parent: Number(fields[1]), residentBytes: Number(fields[21]) * PAGE_BYTES };
}

/** In proportion where the kernel tells it of this process, in full where not: then it is an upper bound. */
function anonymousBytes(pid: number): number {
  const shares = readKilobytes(`/proc/${pid}/smaps_rollup`, 'Pss_Anon', 'Pss_Shmem');
  return (shares ?? readKilobytes(`/proc/${pid}/status`, 'RssAnon', 'RssShmem') ?? 0) * 1024;
}

/** The sum of some lines of a file in /proc, kB; undefined where it has none of them or can't be read. */
function readKilobytes(file: string, ...names: readonly string[]): number | undefined {
  try {
    const text = readFileSync(file, 'latin1');
    const found = names.flatMap((name) => new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? []);
    return found.length === 0 ? undefined : found.reduce((sum, kilobytes) => sum + Number(kilobytes), 0);
  } catch {
    return undefined;
  }
}

/** The kernel counts in pages, and their size differs between machines: our own memory is told in both units. */
function pageBytes(): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
  const pages = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1]);
  return 2 ** Math.round(Math.log2((kilobytes * 1024) / pages));
}
