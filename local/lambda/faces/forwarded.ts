import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readBody } from '../../http-body';
import { LambdaError } from '../failure';
import type { Invoker } from '../invoker';
import { sendFailure } from './answers';

/** Beyond the largest event that the emulator forwards: an invoke of 6 MB. */
const EVENT_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * `POST /invoke`: what the emulator forwards because of MINISTACK_LAMBDA_PROXY_URL, be it from a queue, a
 * schedule or its own Lambda API. The headers say which function; any answer but a 2xx is a failed invocation to it.
 */
export async function answerForwarded(request: IncomingMessage, response: ServerResponse, invoker: Invoker) {
  const name = header(request, 'x-amzn-lambda-function-name');
  if (name === undefined)
    throw new LambdaError('InvalidParameterValueException', 'Which function? The header is missing.');
  const result = await invoker.invoke({
    reference: name,
    payload: await readBody(request, EVENT_LIMIT_BYTES),
    requestId: header(request, 'x-amzn-lambda-request-id'),
    traceId: header(request, 'x-amzn-trace-id'),
  });
  if (!result.ok) {
    sendFailure(response, 500, result.failure);
    return;
  }
  const body = await buffer(result.response.body);
  const failure = await result.response.ended;
  if (failure) sendFailure(response, 500, failure);
  else response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

/** A header that has one value, or undefined. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
