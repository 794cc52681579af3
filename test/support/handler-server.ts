import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { listen } from '../../local/process/listen';
import { httpEvent } from '../../local/lambda/faces/http-event';

type Handler = (event: never, context: never) => Promise<APIGatewayProxyStructuredResultV2>;

/** One API function behind HTTP, in this process. */
export async function serveHandler(handler: Handler): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    void reply(handler, request).then(({ statusCode = 200, headers = {}, body }) => {
      response.writeHead(statusCode, Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)])));
      response.end(body);
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, server };
}

async function reply(handler: Handler, request: IncomingMessage): Promise<APIGatewayProxyStructuredResultV2> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split('?', 2);
  const path = decodeURIComponent(rawPath);
  const event = httpEvent(request, {
    rawPath: path,
    rawQueryString,
    body: Buffer.concat(chunks),
    isText: true,
    routeKey: '$default',
    apiId: 'test',
    accountId: '000000000000',
    path,
    sourceIp: '127.0.0.1',
    arrivedAt: Date.now(),
  });
  const context = { awsRequestId: crypto.randomUUID(), getRemainingTimeInMillis: () => 30_000 };
  return handler(event as never, context as never);
}
