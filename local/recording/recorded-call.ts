import type { IncomingHttpHeaders } from 'node:http';
import { CREDENTIALS, FUNCTION_KEY_PREFIX } from '../aws';

/** One request of a function to AWS. */
export interface RecordedCall {
  /** Whose credentials signed it: the name of a function; empty where nobody signed. */
  readonly caller: string;
  /** A signed address was used, by whoever it was given to. */
  readonly presigned: boolean;
  /** As the signature names it: `dynamodb`, `s3`, `monitoring`, ... */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly url: string;
  /** Those that say what is asked for; none that proves who asks. */
  readonly headers: Readonly<Record<string, string>>;
  /** base64 of the body where it says what is asked for; objects, and code and payloads of functions are left out. */
  readonly body?: string;
  readonly status: number;
}

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly status: number;
}

const SCOPE = /(?:Credential=|^)([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;
const KEPT_HEADERS =
  /^(content-type|x-amz-(?!date$|security-token$|content-sha256$|user-agent$).+|smithy-protocol|range|if-.+)$/;

/** @returns undefined for calls of the local stack itself */
export function recordOf({ method, url, headers, body, status }: Exchange): RecordedCall | undefined {
  // The registry takes a token in place of a signature: whose it is, nobody can tell.
  if (url.startsWith('/v2/') && !SCOPE.test(headers.authorization ?? '')) return undefined;
  const query = new URL(url, 'http://aws').searchParams;
  const presignedBy = query.get('X-Amz-Credential');
  const [, key = '', region = '', service = ''] = SCOPE.exec(presignedBy ?? headers.authorization ?? '') ?? [];
  if (key === CREDENTIALS.accessKeyId) return undefined;
  const kept = Object.entries(headers).filter(([name, value]) => KEPT_HEADERS.test(name) && typeof value === 'string');
  return {
    caller: key.startsWith(FUNCTION_KEY_PREFIX) ? key.slice(FUNCTION_KEY_PREFIX.length) : '',
    presigned: presignedBy !== null,
    service,
    region,
    method,
    url,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    ...whatIsAsked(service, url, query, body),
    status,
  };
}

function whatIsAsked(service: string, url: string, query: URLSearchParams, body: Buffer): { readonly body?: string } {
  if (body.length === 0 || (service === 's3' && !query.has('delete'))) return {};
  if (service !== 'lambda') return { body: body.toString('base64') };
  return /\/(?:response-streaming-)?invocations(?:\?|$)/.test(url)
    ? {}
    : { body: withoutCode(body).toString('base64') };
}

/** What users have written, and the values that they gave it, are nobody's to judge. */
function withoutCode(body: Buffer): Buffer {
  const left = (name: string, value: unknown) => (name === 'ZipFile' ? '' : name === 'Variables' ? {} : value);
  return Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'), left)));
}
