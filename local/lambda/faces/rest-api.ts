import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readBody } from '../../http-body';
import type { EventQueue } from '../async/event-queue';
import type { FunctionCatalog } from '../catalog';
import { LambdaError } from '../failure';
import type { Call, Invoker } from '../invoker';
import { sendFailure } from './answers';
import { EventStreamWriter } from './event-stream';
import { header } from './forwarded';

/** Payload limits of Lambda, bytes. */
const SYNC_LIMIT_BYTES = 6_291_456;
const ASYNC_LIMIT_BYTES = 1_048_576;

export interface RestApiParts {
  readonly invoker: Invoker;
  readonly catalog: FunctionCatalog;
  readonly events: EventQueue;
}

/** `POST /2015-03-31/functions/{name}/invocations` */
export async function answerInvoke(
  request: IncomingMessage,
  response: ServerResponse,
  reference: string,
  { invoker, catalog, events }: RestApiParts,
): Promise<void> {
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const call = await readCall(request, reference, type === 'Event' ? ASYNC_LIMIT_BYTES : SYNC_LIMIT_BYTES);
  response.setHeader('x-amzn-RequestId', call.requestId ?? '');
  if (type === 'DryRun') {
    await catalog.get(reference);
    response.writeHead(204).end();
  } else if (type === 'Event') {
    const definition = await catalog.get(reference);
    await events.accept(call, definition.name);
    response.writeHead(202, { 'Content-Length': 0 }).end();
  } else if (type === 'RequestResponse') {
    await answerSync(response, invoker, call);
  } else {
    throw new LambdaError('InvalidParameterValueException', `There is no invocation type ${type}.`);
  }
}

async function answerSync(response: ServerResponse, invoker: Invoker, call: Call): Promise<void> {
  const result = await invoker.invoke(call);
  if (!result.ok) {
    sendFailure(response, 200, result.failure);
    return;
  }
  const body = await buffer(result.response.body);
  const failure = await result.response.ended;
  if (failure) {
    sendFailure(response, 200, failure);
    return;
  }
  const headers = { 'Content-Type': 'application/json', 'X-Amz-Executed-Version': '$LATEST' };
  response.writeHead(200, { ...headers, 'Content-Length': body.length }).end(body);
}

/** `POST /2021-11-15/functions/{name}/response-streaming-invocations`: chunk by chunk, as the function writes. */
export async function answerInvokeWithResponseStream(
  request: IncomingMessage,
  response: ServerResponse,
  reference: string,
  { invoker }: RestApiParts,
): Promise<void> {
  const call = await readCall(request, reference, SYNC_LIMIT_BYTES);
  const result = await invoker.invoke(call);
  response.writeHead(200, {
    'Content-Type': 'application/vnd.amazon.eventstream',
    'X-Amzn-Remapped-Content-Type': 'application/vnd.amazon.eventstream',
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-RequestId': call.requestId ?? '',
  });
  const writer = new EventStreamWriter(response);
  if (!result.ok) {
    writer.complete(result.failure);
    return;
  }
  const { body, ended } = result.response;
  // A caller that leaves does not stop the function: the rest is read and dropped.
  response.once('close', () => body.destroy());
  body.on('error', () => undefined);
  body.on('data', (chunk: Buffer) => {
    if (writer.chunk(chunk)) return;
    body.pause();
    response.once('drain', () => body.resume());
  });
  await new Promise<void>((resolve) => body.once('close', resolve));
  if (!response.destroyed) writer.complete(await ended);
}

async function readCall(request: IncomingMessage, reference: string, limitBytes: number): Promise<Call> {
  const payload = await readBody(request, limitBytes);
  const text = payload.length === 0 ? Buffer.from('{}') : payload;
  try {
    JSON.parse(text.toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not JSON';
    throw new LambdaError('InvalidRequestContentException', `Could not parse request body into json: ${why}`);
  }
  return {
    reference,
    payload: text,
    requestId: randomUUID(),
    tenantId: header(request, 'x-amz-tenant-id'),
    clientContext: header(request, 'x-amz-client-context'),
    traceId: header(request, 'x-amzn-trace-id'),
    fromFunction: true,
  };
}
