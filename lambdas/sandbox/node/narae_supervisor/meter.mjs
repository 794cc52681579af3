const MIB = 1024 * 1024;
/** From here on a kill by the kernel is taken for one for memory. */
const NEARLY = 0.8;

/** What a run used from the start of user code on, as the supervisor measures it: nothing here is the child's word. */
export class Meter {
  #tree;
  #limitBytes;
  #cpuBeforeNs;
  #startedNs;
  #endedNs;

  constructor(tree, memoryMb) {
    this.#tree = tree;
    this.#limitBytes = memoryMb * MIB;
    this.#cpuBeforeNs = tree.settle();
  }

  get started() {
    return this.#startedNs !== undefined;
  }

  /** User code begins; what the harness used to prepare it does not count. */
  start(atNs, preparingCpuNs) {
    this.#startedNs = atNs;
    this.#cpuBeforeNs += preparingCpuNs;
  }

  stop(atNs) {
    this.#endedNs = atNs;
  }

  exceedsMemory() {
    // Taken at every look: of a process that ends by itself the last look is all there is.
    this.#tree.cpuNs();
    return this.#tree.residentBytes(this.#limitBytes) > this.#limitBytes;
  }

  get isNearMemoryLimit() {
    return this.#tree.peakBytes > this.#limitBytes / 2;
  }

  /** Takes what only living processes tell. */
  look() {
    this.#tree.cpuNs();
    this.#tree.notePeaks();
  }

  get memoryWasExceeded() {
    return this.#tree.peakBytes > this.#limitBytes;
  }

  get memoryWasNearlyUsed() {
    return this.#tree.peakBytes > this.#limitBytes * NEARLY;
  }

  frame(exitCode, signal) {
    return {
      t: 'usage',
      durationMs: tenths(Math.max(this.#endedNs - this.#startedNs, 0)),
      cpuMs: tenths(Math.max(this.#tree.cpuNs() - this.#cpuBeforeNs, 0)),
      maxMemoryBytes: this.#tree.peakBytes,
      exitCode,
      signal,
    };
  }
}

const tenths = (ns) => Math.round(ns / 1e5) / 10;
