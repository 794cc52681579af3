import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ChunkedDecoder } from './chunked';
import { within } from './wait';

/** The head of an answer as it came over the wire. */
export interface Head {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A GET over a socket of our own, so that nothing stands between the bytes and the test. */
export class RawGet {
  readonly head: Promise<Head>;
  /** Resolves when the server has ended the body as HTTP says it must; rejects when the connection broke. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #decoder = new ChunkedDecoder();
  readonly #watchers = new Set<() => void>();
  #chunked = false;
  #body = Buffer.alloc(0);
  #gotHead: (head: Head) => void = () => undefined;
  #gotEnd: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #beforeHead: Buffer | undefined = Buffer.alloc(0);

  constructor(address: URL, headers: Readonly<Record<string, string>> = {}) {
    const secure = address.protocol === 'https:';
    const host = address.hostname;
    const port = Number(address.port || (secure ? 443 : 80));
    this.head = new Promise((resolve) => (this.#gotHead = resolve));
    this.ended = new Promise((resolve, reject) => {
      this.#gotEnd = resolve;
      this.#fail = reject;
    });
    // A test that leaves a stream early is not interested in how it ended.
    this.ended.catch(() => undefined);
    this.#socket = secure ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    const lines = Object.entries({ Host: address.host, Connection: 'close', ...headers }).map(([n, v]) => `${n}: ${v}`);
    this.#socket.write(`GET ${address.pathname}${address.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    this.#socket.on('data', (piece: Buffer) => this.#take(piece));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => {
      if (this.#chunked && !this.#decoder.ended) this.#fail(new Error('The connection broke before the last chunk'));
      else this.#gotEnd();
    });
  }

  /** The body so far. */
  get bytes(): Buffer {
    return this.#body;
  }

  /** Calls back after each piece of the body, until the returned function is called. */
  watch(onPiece: () => void): () => void {
    this.#watchers.add(onPiece);
    return () => this.#watchers.delete(onPiece);
  }

  /** Hangs up without a word, as a client does that loses its network. */
  hangUp(): void {
    this.#socket.destroy();
  }

  async wholeBody(deadlineMs = 90_000): Promise<string> {
    await within('the server to end the body', deadlineMs, this.ended);
    return this.#body.toString('utf8');
  }

  #take(piece: Buffer): void {
    if (this.#beforeHead === undefined) {
      this.#takeBody(piece);
      return;
    }
    const all = Buffer.concat([this.#beforeHead, piece]);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#beforeHead = all;
      return;
    }
    this.#beforeHead = undefined;
    const head = parseHead(all.toString('latin1', 0, end));
    this.#chunked = head.headers.get('transfer-encoding') === 'chunked';
    this.#gotHead(head);
    this.#takeBody(all.subarray(end + 4));
  }

  #takeBody(piece: Buffer): void {
    const body = this.#chunked ? this.#decoder.push(piece) : piece;
    this.#body = Buffer.concat([this.#body, body]);
    for (const watcher of this.#watchers) watcher();
    if (this.#decoder.ended) this.#gotEnd();
  }
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(headers) };
}
