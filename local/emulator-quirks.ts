import { ApiGatewayV2Client, GetApiCommand, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2';
import type { IncomingMessage } from 'node:http';
import { clientConfig } from './aws';
import type { EdgeErrorCode } from './edge/errors';

/**
 * Where the emulator differs from AWS, and what is done about it; nothing else in `local/` knows. Seen in MiniStack
 * 1.5.33. Quirks that are met inside its process, in emulator/narae_emulator/quirks.py:
 *
 * - It writes its state only when it is stopped cleanly. Our process around it keeps what it acknowledges
 *   (emulator/narae_emulator), and asks it to stop when the process that started it is gone.
 * - It writes START, END and REPORT of forwarded invokes into a log stream per invoke, beside the lines that the Lambda
 *   service ships: these are left out.
 * - It keeps log events for ever, whatever retention a group has: it is kept here, and the newest 20,000 per group.
 *
 * And of its settings, in emulator/ministack.ts: AWS_ENDPOINT_URL in its own environment would reach custom resources;
 * MINISTACK_HOST would pin queue addresses to a name; custom resources for Node need NODE_PATH.
 *
 * What a function's failed events lead to (EventInvokeConfig) it keeps apart for `$LATEST` and for no qualifier, which are
 * the same on AWS: lambda/catalog.ts asks for both.
 *
 * Of its clients: queue addresses that it keeps hold the port of an earlier start (`useQueueUrlAsEndpoint: false`), and
 * so does the address of a function's code (only its path is used). S3 clients must address it by 127.0.0.1 and not by
 * name: `bucket.localhost` does not resolve everywhere, and for an address they put the bucket into the path themselves.
 */

/**
 * The HTTP API's address by path. By host name (`{id}.execute-api.localhost`) it would answer GET /health itself, and
 * Node does not resolve such names. The stage must be named: without, a first segment that is a stage's name is lost.
 */
export const httpApiPrefix = (apiId: string) => `/_aws/execute-api/${apiId}/$default`;

/**
 * CORS as CloudFormation writes it keeps capital keys, which the preflight does not read: it answers 403. Written once
 * more through the API it works. UpdateApi without a configuration changes nothing.
 */
export async function rewriteCors(awsEndpoint: string, apiId: string): Promise<void> {
  const client = new ApiGatewayV2Client(clientConfig(awsEndpoint));
  try {
    const answer: unknown = await (await fetch(`${awsEndpoint}/v2/apis/${apiId}`)).json();
    const written =
      field(answer, 'corsConfiguration') ?? (await client.send(new GetApiCommand({ ApiId: apiId }))).CorsConfiguration;
    if (written === undefined) return;
    const names = ['allowCredentials', 'allowHeaders', 'allowMethods', 'allowOrigins', 'exposeHeaders', 'maxAge'];
    const lowered = Object.fromEntries(
      names.map((name) => [upper(name), field(written, name) ?? field(written, upper(name))]),
    );
    await client.send(new UpdateApiCommand({ ApiId: apiId, CorsConfiguration: lowered }));
  } finally {
    client.destroy();
  }
}

const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/**
 * On AWS `/a/{proxy+}` also takes `/a/`; the emulator's pattern wants at least one character after the slash, so that
 * `/invocations/` would be found by nobody. Rooms do not tell the two apart (contract: common, "Requests").
 * @param path path and query as they go to the HTTP API
 */
export function withoutTrailingSlash(path: string): string {
  const [, before = path, query = ''] = /^([^?]*)(\?.*)?$/s.exec(path) ?? [];
  return (before.replace(/\/+$/, '') || '/') + query;
}

/** Headers of the emulator that AWS does not send. */
export const EMULATOR_HEADERS = ['server', 'x-amzn-requestid', 'x-amz-request-id', 'x-amz-id-2'];

/**
 * The HTTP API's own errors (a function failed, is throttled, took too long) are told with the emulator's words, the
 * function's exception among them; API Gateway says `Internal Server Error` and no more. Answers of functions carry
 * X-Request-Id (contract: common, "Errors"); one without is the emulator's.
 * @returns what to answer instead, or undefined where the answer is a function's
 */
export function errorOfEmulator(answer: IncomingMessage): EdgeErrorCode | undefined {
  const status = answer.statusCode ?? 502;
  if (answer.headers['x-request-id'] !== undefined) return undefined;
  if (status === 404) return 'ROUTE_NOT_FOUND';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 429 || status === 503) return 'SERVICE_UNAVAILABLE';
  if (status === 504) return 'TIMEOUT';
  return status >= 500 ? 'INTERNAL_ERROR' : undefined;
}
