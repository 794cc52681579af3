import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../../process/listen';

/** One connection of a function, and ours in its place. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** The function has sent something and not been answered. */
  waiting: boolean;
}

/** Both ends of a connection on this machine. */
export interface Ends {
  readonly theirPort: number;
  readonly ourPort: number;
}

/**
 * Passes on what functions send to AWS, byte by byte, so that their connections can be made to die. One address for all
 * functions, as it stands in addresses that they sign and hand to others.
 */
export class ConnectionProxy {
  readonly #server: Server;
  readonly #target: URL;

  /** By the port at the function's end. */
  readonly #pairs = new Map<number, Pair>();

  private constructor(
    server: Server,
    target: URL,
    readonly port: number,
  ) {
    this.#server = server;
    this.#target = target;
  }

  /**
   * @param target e.g. `http://127.0.0.1:20123`
   * @param port 0 for any
   */
  static async start(target: string, port: number): Promise<ConnectionProxy> {
    // Each side ends its half by itself: a client may be done with sending and wait for the answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new ConnectionProxy(server, new URL(target), await listen(server, port));
    server.on('connection', (client) => proxy.#pass(client));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ports at the other end of the connections that are open. */
  openPorts(): number[] {
    return [...this.#pairs.keys()];
  }

  /**
   * Lets a connection die as one dies whose owner does not hear of it: the first byte that comes through it is answered
   * with a reset. One that waits for an answer is reset at once: nobody would come to send that byte.
   */
  sever(port: number): void {
    const pair = this.#pairs.get(port);
    if (!pair) return;
    const { client, upstream, waiting } = pair;
    this.#pairs.delete(port);
    client.unpipe(upstream);
    upstream.unpipe(client);
    upstream.destroy();
    if (waiting) {
      client.resetAndDestroy();
      return;
    }
    client.on('data', () => client.resetAndDestroy());
    client.once('end', () => client.destroy());
    client.resume();
  }

  /** The function's connection in whose place one of ours is; undefined where it is not one of ours. */
  originOf({ theirPort }: Ends): Ends | undefined {
    for (const [port, { upstream }] of this.#pairs) {
      if (upstream.localPort === theirPort) return { theirPort: port, ourPort: this.port };
    }
    return undefined;
  }

  stop(): void {
    this.#server.close();
    for (const { client, upstream } of this.#pairs.values()) {
      client.destroy();
      upstream.destroy();
    }
  }

  #pass(client: Socket): void {
    const { hostname, port } = this.#target;
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, upstream, waiting: false };
    const theirs = client.remotePort ?? 0;
    this.#pairs.set(theirs, pair);
    client.on('data', () => (pair.waiting = true));
    upstream.on('data', () => (pair.waiting = false));
    client.pipe(upstream);
    upstream.pipe(client);
    // What is cut on one side is cut on the other, and not taken for an end.
    const closed = (other: Socket) => () => {
      if (this.#pairs.get(theirs) !== pair) return;
      this.#pairs.delete(theirs);
      if (other.writableEnded) other.destroySoon();
      else other.destroy();
    };
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => this.#pairs.get(theirs) === pair && client.resetAndDestroy());
    client.once('close', closed(upstream));
    upstream.once('close', closed(client));
  }
}
