import { readdirSync, readFileSync } from 'node:fs';
import { waitFor } from '../../../support/wait';

/** Command lines of the processes that are alive, by pid. */
export function commandLines(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0)) continue;
    try {
      found.set(pid, readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
    } catch {
      // It has just ended.
    }
  }
  return found;
}

/** Pids of processes whose command line holds a text. A process that has ended and was not waited for has none. */
export const processesWith = (text: string): number[] =>
  [...commandLines()].filter(([, line]) => line.includes(text)).map(([pid]) => pid);

/** Waits until no process has the text in its command line. */
export const noneWith = (text: string): Promise<true> =>
  waitFor(`no process with ${text}`, () => (processesWith(text).length === 0 ? true : undefined), { everyMs: 5 });
