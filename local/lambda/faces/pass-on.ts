import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** Passes a request on to the emulator as it is, and its answer back. Rejects where the emulator does not answer. */
export function passOn(request: IncomingMessage, response: ServerResponse, awsEndpoint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(awsEndpoint);
    const forwarded = httpRequest({
      hostname,
      port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers, connection: 'close' },
    });
    forwarded.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('end', resolve);
      answer.once('error', reject);
    });
    forwarded.once('error', reject);
    request.pipe(forwarded);
  });
}
