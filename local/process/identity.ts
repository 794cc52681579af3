import { readFileSync } from 'node:fs';

/**
 * When a process started, in the kernel's ticks: a process id alone may belong to another process by now.
 * @returns undefined where there is no such process, or it has ended and only its parent has not looked
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; the state comes after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
