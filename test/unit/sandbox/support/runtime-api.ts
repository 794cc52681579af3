import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen } from '../../../../local/process/listen';
import { NoUseWaiting, waitFor } from '../../../support/wait';
import { FrameStream } from './frame-stream';

const PREFIX = '/2018-06-01/runtime';

/** Lambda's Runtime API for one environment: hands out payloads and takes streamed answers. */
export class RuntimeApi {
  readonly #server: Server;

  readonly initErrors: string[] = [];
  #poll: ServerResponse | undefined;
  #lost: NoUseWaiting | undefined;
  readonly #answering = new Set<IncomingMessage>();
  readonly #running = new Map<string, FrameStream>();

  private constructor(
    server: Server,
    readonly address: string,
  ) {
    this.#server = server;
  }

  static async listen(): Promise<RuntimeApi> {
    const server = createServer();
    server.requestTimeout = 0;
    const api = new RuntimeApi(server, `127.0.0.1:${await listen(server)}`);
    server.on('request', (request, response) => api.#route(request, response));
    return api;
  }

  /** Waits until the environment asks for work. */
  idle(): Promise<void> {
    const look = () => {
      if (this.#lost) throw this.#lost;
      return this.#poll ? true : undefined;
    };
    return waitFor('the environment to ask for work', look, { everyMs: 2 }).then(() => undefined);
  }

  /** Hands over a payload as soon as the environment asks for one. */
  async invoke(payload: string | Buffer): Promise<FrameStream> {
    await this.idle();
    const id = randomUUID();
    const stream = new FrameStream();
    this.#running.set(id, stream);
    this.#poll?.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + 900_000),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:sandbox',
    });
    this.#poll?.end(payload);
    this.#poll = undefined;
    return stream;
  }

  /** The process behind this API is gone: what runs has lost its worker. */
  lose(reason: string): void {
    this.#lost = new NoUseWaiting(reason);
    for (const stream of this.#running.values()) stream.fail(new Error(reason));
  }

  /** Ends the connections on which answers come in, as if the caller were gone. */
  hangUp(): void {
    for (const request of this.#answering) request.destroy();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const [, id, part] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? [];
    const stream = id === undefined ? undefined : this.#running.get(id);
    if (request.url === `${PREFIX}/invocation/next`) {
      this.#poll = response;
    } else if (stream && part === 'response') {
      this.#answering.add(request);
      request.on('close', () => this.#answering.delete(request));
      request.on('data', (bytes: Buffer) => stream.push(bytes));
      request.on('end', () => {
        stream.end();
        response.writeHead(202).end('{"status":"OK"}');
      });
      request.on('error', (error) => stream.fail(error));
    } else {
      let text = '';
      request.on('data', (bytes: Buffer) => (text += bytes.toString()));
      request.on('end', () => {
        this.initErrors.push(text);
        stream?.fail(new Error(text));
        response.writeHead(202).end('{"status":"OK"}');
      });
    }
  }
}
