import * as proc from './proc.mjs';

/** Beyond this many processes shared memory is no longer told apart: reading it costs about 0.1 ms each. */
const SHARED_MEMORY_PROCESSES = 64;

/**
 * The processes of a run. Who descends from the child is in it for good, once seen. Who lost its parent before it was
 * seen is known by the scratch folder, whose name is unguessable and in its environment, its working directory or its
 * output. (The Python supervisor makes itself the parent of orphans; Node has no call for that. See docs/sandbox.md.)
 */
export class ProcessTree {
  /** Highest memory seen, bytes. */
  peakBytes = 0;
  /** At the last look a process was gone, or ending, when it was looked at: it may have left one that was not seen. */
  isUnsure = false;
  #known = new Map();
  #ended = new Set();
  #launcher = new Set();
  #newestSeen;
  #root;
  #cpuNs = 0;
  #place;
  #adopters;

  /** @param family pids of the supervisor and those it descends from: orphans become children of one of these */
  constructor(root, scratch, family) {
    this.#place = scratch.slice(scratch.lastIndexOf('/') + 1);
    this.#adopters = new Set([1, ...family]);
    this.#adopters.delete(process.pid);
    this.#root = root;
    this.#newestSeen = [root - 1, root - 1];
    const known = proc.stat(root);
    if (known) this.#known.set(root, known);
    this.update();
  }

  /**
   * Looks who came and who went.
   * @param thorough look at all processes that are younger than the child, not only at those since the last look
   * @param onFound is told the pid of each one that came as soon as it is seen: a moment later it may have made the next
   * one and be gone
   * @returns pids that are alive
   */
  update(thorough = false, onFound = () => {}) {
    for (const [pid, known] of this.#known) {
      const now = proc.stat(pid);
      if (!now || now.started !== known.started || isOver(now)) this.#known.delete(pid);
      else this.#known.set(pid, now);
    }
    // After that: what one of them made before it ended is there to be found.
    this.#findNew(thorough, onFound);
    return [...this.#known.keys()];
  }

  #findNew(thorough, onFound) {
    const newest = proc.lastPid();
    const [before, last] = this.#newestSeen;
    if (!thorough && newest !== undefined && newest === before && newest === last) return;
    // Of two looks ago: a process that is being made has its id before it can be seen.
    const since = thorough ? this.#root - 1 : before;
    this.#newestSeen = [last, newest];
    // Ids start again from the lowest.
    const wrapped = newest === undefined || since === undefined || newest < since;
    this.isUnsure = false;
    if (proc.tellsChildren && !thorough) this.#followChildren(wrapped ? 0 : since, onFound);
    else this.#lookAtAll(wrapped ? 0 : since, onFound);
  }

  /** Finds new ones from parent to child: on a machine with many processes far cheaper than to look at all. */
  #followChildren(since, onFound) {
    const pending = [...this.#known].map(([pid, { threads }]) => ({ pid, threads, adopts: false }));
    for (const pid of this.#adopters) pending.push({ pid, adopts: true });
    for (const parent of pending) {
      for (const pid of proc.children(parent.pid, parent.threads)) {
        if (this.#known.has(pid) || (parent.adopts && pid <= since)) continue;
        const known = proc.stat(pid);
        if (!known || isOver(known)) this.#noteEnded(pid);
        else if (!parent.adopts || this.#isOurOrphan(pid, known)) {
          this.#known.set(pid, known);
          onFound(pid);
          pending.push({ pid, threads: known.threads, adopts: false });
        }
      }
    }
  }

  /** The newest first: of processes that start the next one and end, that one is still there. */
  #lookAtAll(since, onFound) {
    const candidates = new Map();
    const take = (pid, known) => {
      const isOurs = this.#known.has(known.parent) || this.#isOurOrphan(pid, known);
      if (!isOurs) return false;
      this.#known.set(pid, known);
      onFound(pid);
      return true;
    };
    for (const pid of proc.allPids().reverse()) {
      if (this.#known.has(pid) || pid <= since) continue;
      const known = proc.stat(pid);
      if (!known || isOver(known)) this.#noteEnded(pid);
      else if (!take(pid, known)) candidates.set(pid, known);
    }
    for (let found = true; found;) {
      found = false;
      for (const [pid, known] of candidates) {
        if (!take(pid, known)) continue;
        candidates.delete(pid);
        found = true;
      }
    }
  }

  /** It was listed, and had ended when it was looked at. One that nobody waits for is news only once. */
  #noteEnded(pid) {
    this.isUnsure ||= !this.#ended.has(pid);
    this.#ended.add(pid);
  }

  #isOurOrphan(pid, known) {
    // We hold the other ends of its output ourselves.
    if (pid === process.pid || this.#adopters.has(pid) || !this.#adopters.has(known.parent)) return false;
    if (!mayBeOurs(pid)) return false;
    const mentions = proc.mentions(pid, this.#place);
    this.isUnsure ||= mentions === undefined;
    return mentions === true;
  }

  /** The child is ready and idle: what stands above it is its launcher. @returns CPU ns used so far */
  settle() {
    this.update();
    const parents = new Set([...this.#known.values()].map(({ parent }) => parent));
    this.#launcher = new Set([...this.#known.keys()].filter((pid) => parents.has(pid)));
    // A program that is over at once is never looked at again.
    this.notePeaks();
    return this.cpuNs();
  }

  /** CPU ns of the tree since its beginning, launcher included; never goes back. */
  cpuNs() {
    let sum = 0;
    for (const [pid, known] of this.#known) sum += proc.cpuNs(pid, known);
    this.#cpuNs = Math.max(this.#cpuNs, sum);
    return this.#cpuNs;
  }

  /** Memory of the run's processes, without the launcher's. Pages they share are told apart if it matters. */
  residentBytes(limitBytes) {
    const pids = this.#measured();
    let total = sumOf(pids, proc.residentBytes);
    if (total > limitBytes && pids.length > 1 && pids.length <= SHARED_MEMORY_PROCESSES)
      total = sumOf(pids, (pid) => proc.proportionalBytes(pid) ?? proc.residentBytes(pid));
    this.peakBytes = Math.max(this.peakBytes, total);
    return total;
  }

  /** Takes over the peak that the kernel kept for each process: it also knows what was between two looks. */
  notePeaks() {
    for (const pid of this.#measured()) this.peakBytes = Math.max(this.peakBytes, proc.peakResidentBytes(pid));
  }

  #measured() {
    return [...this.#known.keys()].filter((pid) => !this.#launcher.has(pid));
  }
}

const isOver = ({ state }) => state === 'Z' || state === 'X';

/** Only root can start what belongs to another user. */
const mayBeOurs = (pid) => process.getuid() === 0 || proc.owner(pid) === process.getuid();

const sumOf = (pids, measure) => pids.reduce((sum, pid) => sum + measure(pid), 0);
