import { sendSignal } from '../process-tree';
import type { ConnectionProxy } from './connection-proxy';
import { ProcessIndex } from './process-index';
import { portsHeldBy, socketsTo } from './sockets';

export interface FreezerOptions {
  /** What connections of functions go through. */
  readonly proxies: readonly ConnectionProxy[];
  /** Connections of what was frozen for this long are dead, ms. */
  readonly connectionsLiveMs: number;
}

/** A process tree that stands still. */
export interface Frozen {
  /** Lets it go on. What has ended meanwhile stays so. */
  thaw(): void;
}

interface Tree {
  readonly root: number;
  /** All that were stopped, the root first. */
  readonly pids: number[];
  /** Epoch ms: as those see it who look how long they were away. */
  readonly since: number;
  connectionsDied: boolean;
}

/** Children are looked for this long after their parent was stopped, for all that were stopped meanwhile at once, ms. */
const COLLECT_MS = 100;
/** A tree that forked while it was stopped is looked at again this often. */
const ROUNDS = 3;
/** How often connections of frozen trees are looked at, ms. */
const SEVER_EVERY_MS = 250;

/**
 * Stops processes of environments that have nothing to do, as Lambda does. The process group of the root stands still when
 * `freeze` returns, its descendants in other groups a moment later.
 */
export class Freezer {
  readonly #options: FreezerOptions;

  readonly #index = new ProcessIndex();
  readonly #trees = new Set<Tree>();
  /** Whose children have not been looked for. */
  readonly #fresh = new Set<Tree>();
  #collecting: NodeJS.Timeout | undefined;
  readonly #severing: NodeJS.Timeout;

  constructor(options: FreezerOptions) {
    this.#options = options;

    this.#severing = setInterval(() => this.#severDue([...this.#trees]), SEVER_EVERY_MS);
    this.#severing.unref();
  }

  /** @param root leader of a process group of its own */
  freeze(root: number): Frozen {
    const tree: Tree = { root, pids: [root], since: Date.now(), connectionsDied: false };
    sendSignal(-root, 'SIGSTOP');
    this.#trees.add(tree);
    this.#fresh.add(tree);
    this.#collecting ??= setTimeout(() => this.#stopChildren(), COLLECT_MS).unref();
    return { thaw: () => this.#thaw(tree) };
  }

  close(): void {
    clearInterval(this.#severing);
    clearTimeout(this.#collecting);
  }

  #thaw(tree: Tree): void {
    this.#fresh.delete(tree);
    if (!this.#trees.delete(tree)) return;
    this.#severDue([tree]);
    for (const pid of tree.pids.slice(1)) sendSignal(pid, 'SIGCONT');
    sendSignal(-tree.root, 'SIGCONT');
  }

  #stopChildren(): void {
    this.#collecting = undefined;
    let trees = [...this.#fresh];
    this.#fresh.clear();
    for (let round = 0; round < ROUNDS && trees.length > 0; round += 1) {
      this.#index.refresh();
      trees = trees.filter((tree) => {
        const running = this.#index.descendants(tree.root).filter((pid) => !tree.pids.includes(pid));
        for (const pid of running) sendSignal(pid, 'SIGSTOP');
        tree.pids.push(...running);
        return running.length > 0;
      });
    }
  }

  #severDue(trees: readonly Tree[]): void {
    const { proxies, connectionsLiveMs } = this.#options;
    const now = Date.now();
    const due = trees.filter((tree) => !tree.connectionsDied && now - tree.since >= connectionsLiveMs);
    for (const tree of due) tree.connectionsDied = true;
    const open = proxies.filter((proxy) => proxy.openPorts().length > 0);
    if (due.length === 0 || open.length === 0) return;
    const sockets = socketsTo(open.map(({ port }) => port));
    for (const pid of due.flatMap(({ pids }) => pids)) {
      for (const port of portsHeldBy(pid, sockets)) for (const proxy of open) proxy.sever(port);
    }
  }
}
