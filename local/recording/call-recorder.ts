import { createWriteStream, type WriteStream } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { listen } from '../process/listen';
import { recordOf } from './recorded-call';

export interface CallRecorderOptions {
  /** What calls are appended to: one JSON document a line (recorded-call.ts). */
  readonly file: string;
  /** Where requests go, e.g. `http://127.0.0.1:20123`. */
  readonly target: string;
}

/**
 * Stands between functions and the emulator, hands everything on as it comes, and writes down who called what. The caller
 * is the owner of the credentials that signed the request; calls of the local stack itself are left out.
 */
export class CallRecorder {
  readonly #server: Server;
  readonly #out: WriteStream;
  readonly #target: string;

  private constructor(
    server: Server,
    out: WriteStream,
    target: string,
    readonly endpoint: string,
  ) {
    this.#server = server;
    this.#out = out;
    this.#target = target;

    server.on('request', (request, response) => this.#answer(request, response));
  }

  static async start({ file, target }: CallRecorderOptions): Promise<CallRecorder> {
    const out = createWriteStream(file, { flags: 'a' });
    await once(out, 'open');
    const server = createServer();
    // Calls last as long as runs do, and callers keep their connections.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 60_000;
    const port = await listen(server);
    return new CallRecorder(server, out, target, `http://127.0.0.1:${port}`);
  }

  /** Returns when all that was seen is in the file. */
  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#out.end();
    await finished(this.#out);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const { hostname, port } = new URL(this.#target);
    const { method = 'GET', url = '/', headers } = request;
    const upstream = httpRequest({ hostname, port, method, path: url, headers });
    upstream.once('response', (answer) => {
      const status = answer.statusCode ?? 502;
      const record = recordOf({ method, url, headers, body: Buffer.concat(chunks), status });
      if (record !== undefined) this.#out.write(`${JSON.stringify(record)}\n`);
      response.writeHead(status, answer.rawHeaders);
      response.flushHeaders();
      answer.once('error', () => response.destroy());
      answer.pipe(response);
    });
    // Neither side is to take what is cut for an end.
    upstream.once('error', () => response.destroy());
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }
}
