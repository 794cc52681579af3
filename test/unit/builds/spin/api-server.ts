import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { listen } from '../../../../local/process/listen';

type Json = Record<string, unknown>;

const kind = (name: string, plural: string) => [{ kind: name, name: plural, namespaced: true }];
const KINDS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1': [...kind('Secret', 'secrets'), ...kind('Service', 'services')],
  '/apis/apps/v1': kind('Deployment', 'deployments'),
  '/apis/autoscaling/v2': kind('HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  '/apis/core.spinkube.dev/v1alpha1': kind('SpinApp', 'spinapps'),
};

/** An answer in place of what would be answered to requests that match. */
export interface Trouble {
  readonly when: RegExp;
  readonly status: number;
  readonly message?: string;
  readonly kind?: string;
}

/**
 * An API server that keeps objects and can be told to answer otherwise. It checks nothing: a real one is asked in
 * test/kubernetes.
 */
export class StubApiServer {
  readonly objects = new Map<string, Json>();
  /** Method, path and manager of each request in one line, and its body. */
  readonly asked: { readonly line: string; readonly body: unknown }[] = [];
  troubles: Trouble[] = [];
  /** Never answers. */
  silent = false;
  /** Does not know what a SpinApp is. */
  withoutOperator = false;

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<StubApiServer> {
    const server = createServer();
    const stub = new StubApiServer(server);
    server.on('request', (request, response) => void stub.#answer(request, response));
    await listen(server);
    return stub;
  }

  get kubeConfig(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'stub', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
      users: [{ name: 'stub', token: 'let-me-in' }],
      contexts: [{ name: 'stub', cluster: 'stub', user: 'stub' }],
      currentContext: 'stub',
    });
    return config;
  }

  reset(): void {
    this.objects.clear();
    this.asked.length = 0;
    this.troubles = [];
    this.silent = this.withoutOperator = false;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub');
    const body = await text(request);
    if (this.silent) return;
    const say = (status: number, answer: Json): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    if (request.headers.authorization !== 'Bearer let-me-in') {
      say(401, failure(401, 'Unauthorized'));
      return;
    }
    const kinds = this.withoutOperator && pathname.includes('spinkube') ? undefined : KINDS[pathname];
    if (kinds) {
      say(200, { kind: 'APIResourceList', groupVersion: pathname, resources: kinds });
      return;
    }
    const manager = searchParams.get('fieldManager');
    const line = `${request.method ?? ''} ${pathname}${manager === null ? '' : ` ${manager}`}`;
    this.asked.push({ line, body: body === '' ? undefined : (JSON.parse(body) as unknown) });
    const trouble = this.troubles.find(({ when }) => when.test(line));
    if (trouble) {
      say(trouble.status, failure(trouble.status, trouble.message ?? 'refused', trouble.kind));
      return;
    }
    const found = this.objects.get(pathname);
    if (request.method === 'PATCH') {
      if (request.headers['content-type'] !== 'application/apply-patch+yaml' || searchParams.get('force') !== 'true') {
        say(415, failure(415, 'not a server-side apply'));
        return;
      }
      const applied = { ...found, ...(JSON.parse(body) as Json) };
      this.objects.set(pathname, applied);
      say(found ? 200 : 201, applied);
      return;
    }
    if (!found) {
      say(404, failure(404, `${pathname} not found`, pathname.split('/').at(-2)));
      return;
    }
    if (request.method === 'DELETE') this.objects.delete(pathname);
    say(200, found);
  }
}

const failure = (code: number, message: string, of?: string): Json => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message,
  code,
  ...(of !== undefined && { details: { kind: of } }),
});
