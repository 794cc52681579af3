import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../../../../local/process/listen';
import { lambdaArtifact } from '../../../../lambdas/builds/oci/lambda-artifact';
import { RegistryClient } from '../../../../lambdas/builds/oci/registry-client';
import { spinArtifact } from '../../../../lambdas/builds/oci/spin-artifact';

export const CREDENTIALS = { username: 'AWS', password: 's3cret-of-a-registry' };

export const registryAt = (
  endpoint: string,
  repository: string,
  more: Partial<ConstructorParameters<typeof RegistryClient>[0]> = {},
): RegistryClient =>
  new RegistryClient({
    host: new URL(endpoint).host,
    repository,
    endpoint,
    credentials: () => Promise.resolve(CREDENTIALS),
    ...more,
  });

export const smallZip = (text: string) =>
  lambdaArtifact(Buffer.from(`zip of ${text}`), {
    runtime: 'python3.13',
    handler: 'app.handler',
    sourceSha256: 'ab'.repeat(32),
  });

export const smallComponent = (text: string) =>
  spinArtifact({ name: 'stockwatch', component: 'api', wasm: Buffer.from(`\0asm of ${text}`) });

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A server of this machine that answers as a test says; it keeps what it was asked. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, port: number) => void,
): Promise<{ readonly endpoint: string; readonly seen: Seen[]; stop(): Promise<void> }> {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization });
    request.resume();
    request.on('end', () => answer(request, response, (server.address() as AddressInfo).port));
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
