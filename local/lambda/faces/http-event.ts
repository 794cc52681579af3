import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What an HTTP front adds to a request to make an event of it. */
export interface HttpEventOptions {
  /** As the front hands it on: function URLs leave its escapes, HTTP APIs decode them. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly body: Buffer;
  /** Whether the body comes as text; as base64 otherwise. */
  readonly isText: boolean;
  readonly routeKey: string;
  readonly apiId: string;
  readonly accountId: string;
  /** Path with its escapes decoded. */
  readonly path: string;
  readonly sourceIp: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** When the request arrived, epoch ms. */
  readonly arrivedAt: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An event in payload format 2.0, which HTTP APIs and function URLs share. */
export function httpEvent(request: IncomingMessage, options: HttpEventOptions): unknown {
  const { rawPath, rawQueryString, body, isText, routeKey, apiId, accountId, path, sourceIp } = options;
  const { cookie, ...rest } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
  const arrived = new Date(options.arrivedAt);
  const domainName = request.headers.host ?? 'localhost';
  const query = queryParameters(rawQueryString);
  const { pathParameters = {} } = options;
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: clfTime(arrived),
      timeEpoch: arrived.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body.length > 0 && { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** A name that comes twice has both values, with a comma between. */
function queryParameters(rawQueryString: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name] ?? ''},${value}` : value;
  }
  return Object.keys(parameters).length > 0 ? parameters : undefined;
}

/** A path without its escapes; one that cannot be decoded stays as it is. */
export function decodedPath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return rawPath;
  }
}

/** e.g. `21/Nov/2026:04:45:00 +0000` */
function clfTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()] ?? ''}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
