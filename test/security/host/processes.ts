import { readdirSync, readFileSync, readlinkSync, type PathLike } from 'node:fs';

/** A process of this machine, as far as /proc shows it to us. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    // It has ended, or is another user's.
    return undefined;
  }
};

const textOf = (file: PathLike): string => attempt(() => readFileSync(file, 'latin1')) ?? '';

/** All processes that live; one that has ended and was not waited for has no command line. */
export function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const commandLine = pid > 0 ? textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') : '';
    if (commandLine === '') return [];
    const stat = textOf(`/proc/${pid}/stat`);
    return [{ pid, commandLine, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
  });
}

/** Processes whose command line or environment holds a text, but for our own. */
export const processesWith = (text: string): Process[] =>
  processes().filter(
    ({ pid, commandLine }) =>
      pid !== process.pid && (commandLine.includes(text) || textOf(`/proc/${pid}/environ`).includes(text)),
  );

export function descendantsOf(root: number): Process[] {
  const all = processes();
  const found: Process[] = [];
  for (let parents = new Set([root]); parents.size > 0;) {
    const children = all.filter(({ parent }) => parents.has(parent));
    found.push(...children);
    parents = new Set(children.map(({ pid }) => pid));
  }
  return found;
}

/** What a process has open, e.g. `/dev/null`, `pipe:[1]`; empty where it may not be asked. */
export const descriptorsOf = (pid: number): string[] =>
  (attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).flatMap(
    (fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [],
  );

/** Where what is mounted for this process. */
export const mounts = (): string => textOf('/proc/self/mountinfo');
