import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';

/** A store that is reached by addresses of a fixed form, as presigned ones are: each is good for one method and one object. */
export class PresignedStore {
  readonly #server: Server;

  readonly objects = new Map<string, Buffer>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PresignedStore> {
    const server = createServer();
    const store = new PresignedStore(server);
    server.on('request', (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
      void buffer(request).then((bytes) => {
        const found = store.objects.get(pathname);
        if (request.method !== searchParams.get('signed-for'))
          return response.writeHead(403).end('SignatureDoesNotMatch');
        if (request.method === 'GET' && !found) return response.writeHead(404).end('NoSuchKey');
        if (request.method === 'PUT') store.objects.set(pathname, bytes);
        return response.writeHead(200).end(request.method === 'GET' ? found : '');
      });
    });
    await listen(server);
    return store;
  }

  address(name: string, method: 'GET' | 'PUT'): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${name}?signed-for=${method}`;
  }

  put(name: string, bytes: Uint8Array): string {
    this.objects.set(`/${name}`, Buffer.from(bytes));
    return this.address(name, 'GET');
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
