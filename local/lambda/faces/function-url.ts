import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { readBody } from '../../http-body';
import type { FunctionCatalog } from '../catalog';
import type { Invoker, Limits } from '../invoker';
import type { FunctionResponse } from '../response';
import { header } from './forwarded';
import { isSigned } from './url-signature';
import { functionUrlEvent } from './function-url-event';
import { PRELUDE_CONTENT_TYPE, PreludeParser, readWholeAnswer, type HttpHead } from './http-integration';

const REQUEST_LIMIT_BYTES = 6 * 1024 * 1024;

export interface FunctionUrlParts {
  readonly invoker: Invoker;
  readonly catalog: FunctionCatalog;
  readonly limits: Limits;
}

/**
 * `/url/{function}/...`: the function's URL. A client that leaves does not stop the function: it runs to its end or its
 * time-out, as on Lambda.
 * @param rest what follows the function's name in the address, with its query string
 */
export async function answerFunctionUrl(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  rest: string,
  { invoker, catalog, limits }: FunctionUrlParts,
): Promise<void> {
  const { mode, signed } = await catalog.urlOf(name);
  const streams = mode === 'RESPONSE_STREAM';
  const [rawPath = '/', ...query] = rest.split('?');
  const body = await readBody(request, REQUEST_LIMIT_BYTES);
  if (signed && !(await isSigned(request, body, Date.now()))) {
    response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"Message":"Forbidden"}');
    return;
  }
  const event = functionUrlEvent(request, {
    rawPath: rawPath === '' ? '/' : rawPath,
    rawQueryString: query.join('?'),
    body,
  });
  const result = await invoker.invoke({
    reference: name,
    payload: Buffer.from(JSON.stringify(event)),
    traceId: header(request, 'x-amzn-trace-id'),
    ...(streams && { concurrency: limits.streamConcurrency }),
  });
  if (!result.ok) sendBadGateway(response);
  else if (result.response.streaming && streams) await stream(result.response, response);
  else await sendWhole(result.response, response);
}

async function sendWhole(answer: FunctionResponse, response: ServerResponse): Promise<void> {
  const json = await text(answer.body);
  if (await answer.ended) {
    sendBadGateway(response);
    return;
  }
  const { head, body } = readWholeAnswer(json);
  writeHead(response, { ...head, headers: { ...head.headers, 'content-length': String(body.length) } });
  response.end(body);
}

async function stream({ body, contentType, ended }: FunctionResponse, response: ServerResponse): Promise<void> {
  const begin = (head: HttpHead) => {
    writeHead(response, head);
    response.flushHeaders();
  };
  const withPrelude = contentType === PRELUDE_CONTENT_TYPE;
  const source = withPrelude ? body.pipe(new PreludeParser(begin)) : body;
  // Not before the first byte: a function that fails without one is answered with 502.
  if (!withPrelude) {
    body.once('data', () => begin({ statusCode: 200, headers: { 'content-type': contentType }, cookies: [] }));
  }
  response.once('close', () => {
    body.destroy();
    source.destroy();
  });
  source.pipe(response, { end: false });
  const whole = await finished(source, { writable: false }).then(
    () => true,
    () => false,
  );
  body.destroy();
  if (response.destroyed) return;
  const failed = !whole || (await ended) !== undefined;
  if (!response.headersSent && (failed || withPrelude)) sendBadGateway(response);
  // A connection that is cut is the only way to tell a client that what it got is not all.
  else if (failed) response.destroy();
  else response.end();
}

function writeHead(response: ServerResponse, { statusCode, headers, cookies }: HttpHead): void {
  response.writeHead(statusCode, { ...headers, ...(cookies.length > 0 && { 'set-cookie': [...cookies] }) });
}

/** What a caller sees of a function that failed; the reason is in its log. */
function sendBadGateway(response: ServerResponse): void {
  response.writeHead(502, { 'Content-Type': 'application/json' }).end('{"Message":"Internal Server Error"}');
}
