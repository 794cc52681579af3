import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes of functions, found where the kernel keeps them. */

export interface Worker {
  readonly pid: number;
  /** Name of its function without the stage, e.g. `runner` or `sandbox-python313-512`. */
  readonly name: string;
}

const PREFIX = 'narae-local-';

/** Processes of functions that this process started, and not those of other systems on this machine. */
export function workers(wanted: (name: string) => boolean): Worker[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || parentOf(pid) !== process.pid) return [];
    const name = functionOf(pid);
    return name !== undefined && wanted(name) ? [{ pid, name }] : [];
  });
}

/** Ends of a TCP connection to us, on this machine. */
export interface Connection {
  readonly theirPort: number;
  readonly ourPort: number;
}

/** The worker at the other end of a connection. */
export function workerAt(connection: Connection): Worker | undefined {
  const inode = inodeOf(connection);
  return inode === undefined ? undefined : workers(() => true).find(({ pid }) => holds(pid, `socket:[${inode}]`));
}

/** As the kernel's memory killer or a failing machine does it: at once, and without a word. */
export function kill({ pid }: Worker): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it has ended by itself
  }
}

/** @throws Error where there are none */
export function killAll(wanted: (name: string) => boolean): void {
  const alive = workers(wanted);
  if (alive.length === 0) throw new Error('There are no such workers.');
  for (const worker of alive) kill(worker);
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything; state and parent come after it.
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function functionOf(pid: number): string | undefined {
  const name = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(read(`/proc/${pid}/environ`) ?? '')?.[1];
  return name?.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

/** Of the socket at their end. By both ports: one of theirs may lead to several of ours, or have led there just before. */
function inodeOf({ theirPort, ourPort }: Connection): string | undefined {
  const [local, remote] = [addressOf(theirPort), addressOf(ourPort)];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (read(table) ?? '').split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(local) && fields[2]?.endsWith(remote)) return fields[9];
    }
  }
  return undefined;
}

const addressOf = (port: number): string => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;

function holds(pid: number, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkOf(`/proc/${pid}/fd/${fd}`) === link);
  } catch {
    return false;
  }
}

function readlinkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
