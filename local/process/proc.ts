import { readdirSync, readFileSync } from 'node:fs';

/** Of all processes that this one can see. */
export const allPids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/**
 * What the kernel says of a process in one line, from its state on: proc_pid_stat(5) counts that as its third field.
 * @returns undefined where there is no such process
 */
export function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; the fields after it start with the state.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
