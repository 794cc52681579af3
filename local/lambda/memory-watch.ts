import type { ExecutionEnvironment } from './environment';
import { ownBytes, ProcessTable } from './process-tree';

const LOOK_EVERY_MS = 500;

/**
 * Watches the memory of busy environments and ends those that take more than their function's MemorySize.
 * Resident memory and not address space is what counts: Node reserves far more than it uses.
 */
export class MemoryWatch {
  readonly #environments: () => readonly ExecutionEnvironment[];

  readonly #timer: NodeJS.Timeout;

  constructor(environments: () => readonly ExecutionEnvironment[]) {
    this.#environments = environments;

    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const busy = this.#environments().filter((environment) => environment.busy);
    if (busy.length === 0) return;
    const table = ProcessTable.read();
    for (const environment of busy) {
      if (environment.pid === undefined) continue;
      const limit = environment.definition.memoryMb * 1024 * 1024;
      const upperBound = table.residentBytes(environment.pid);
      // What processes share is counted once for each of them in the upper bound; the exact figure costs more to get.
      const bytes = upperBound <= limit ? upperBound : ownBytes(table.tree(environment.pid));
      environment.noteMemory(Math.min(bytes, upperBound));
      if (bytes > limit) environment.endForMemory();
    }
  }
}
