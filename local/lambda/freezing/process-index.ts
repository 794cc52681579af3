import { allPids, statFields } from '../../process/proc';

/**
 * Who descends from whom, kept from one look to the next: only processes that are new are read. To read all of them takes
 * tens of milliseconds on a machine with some hundred, which is too long after each invocation.
 */
export class ProcessIndex {
  readonly #parents = new Map<number, number>();

  /** Looks which processes there are now. */
  refresh(): void {
    const pids = allPids();
    const alive = new Set(pids);
    for (const pid of this.#parents.keys()) if (!alive.has(pid)) this.#parents.delete(pid);
    for (const pid of pids) {
      const known = this.#parents.get(pid);
      // Who has lost its parent has been given another.
      if (known !== undefined && (known === 0 || alive.has(known))) continue;
      const parent = readParent(pid);
      if (parent !== undefined) this.#parents.set(pid, parent);
    }
  }

  /** All that descend from a process, as of the last look, parents before their children. */
  descendants(root: number): number[] {
    const found = [root];
    for (let index = 0; index < found.length; index += 1) {
      for (const [pid, parent] of this.#parents) if (parent === found[index]) found.push(pid);
    }
    // Numbers of processes are used again: each is asked once more before something is done to it.
    return found.slice(1).filter((pid) => readParent(pid) === this.#parents.get(pid));
  }
}

function readParent(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields && Number(fields[1]);
}
