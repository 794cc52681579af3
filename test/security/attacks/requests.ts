/** Requests that try to be what they are not, as data; for the tests and for `npm run selftest`. */
export interface HostileRequest {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Statuses that it may be answered with; absent: any below 500. */
  readonly statuses?: readonly number[];
}

/** What none of them may find in an answer. */
export const INJECTED = /evil\.example|forged-value|ws-somebody/;

const MIB = 1024 * 1024;
const CRLF = '%0d%0aX-Injected:%20yes%0d%0a%0d%0abody';
const RUN = Buffer.from(JSON.stringify({ code: 'def handler(event):\n    return 1\n', runtime: 'python' }));

const address = (path: string): HostileRequest => ({
  name: `the address ${path.length > 100 ? `${path.slice(0, 100)}...` : path}`,
  method: 'GET',
  path,
});

const header = (name: string, value: string, statuses?: readonly number[]): HostileRequest => ({
  name: `the header ${name}: ${value.slice(0, 60)}`,
  method: 'POST',
  path: '/invocations',
  headers: { [name]: value },
  body: RUN,
  ...(statuses && { statuses }),
});

const body = (what: string, bytes: Buffer | string, status: number): HostileRequest => ({
  name: `a body ${what}`,
  method: 'POST',
  path: '/invocations',
  body: Buffer.from(bytes),
  statuses: [status],
});

export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  address(`/invocations/inv-1${CRLF}`),
  address(`/stream/invocations/inv-1${CRLF}`),
  address(`/invocations?cursor=${CRLF}`),
  address(`/invocations?batchId=${CRLF}`),
  address(`/stream/invocations/inv-1?lastEventId=1${CRLF}`),
  address(`/stream/invocations/inv-1?ticket=${CRLF}`),
  address(`/nowhere${CRLF}`),
  address('/invocations?limit=1&limit=100&limit=x'),
  address('/invocations?__proto__[limit]=1&constructor=x&limit[]=1&__proto__=1'),
  address('/invocations?status=COMPLETED%00&limit=10'),
  address('/invocations/%2e%2e/%2e%2e/health'),
  address('/invocations/..%2f..%2f..%2fetc%2fpasswd'),
  address('/invocations/%'),
  address('/invocations/%ff%fe'),
  address('/invocations?limit=%ff'),
  address(`/invocations?cursor=${encodeURIComponent('{"pk":{"S":"ws-somebody"},"sk":{"S":"x"}}')}`),
  address(`/invocations?cursor=${'A'.repeat(7_000)}`),
  header('Last-Event-ID', '99999999999999999999', [202]),
  header('Idempotency-Key', 'a'.repeat(256), [400]),
  header('Idempotency-Key', '../../x\tb', [400]),
  header('Idempotency-Key', 'caf\u00e9', [400]),
  header('Origin', 'https://evil.example', [202]),
  header('X-Forwarded-Host', 'evil.example', [202]),
  header('X-Forwarded-For', '127.0.0.1, ::1', [202]),
  header('X-Narae-Origin', 'forged-value', [202]),
  header('X-HTTP-Method-Override', 'DELETE', [202]),
  header('X-User-ID', 'ws-somebody', [202]),
  header('X-Request-Id', 'forged-value\tSet-Cookie: a=b', [202]),
  header('X-Amz-Tenant-Id', 'ws-somebody', [202]),
  header('Content-Type', 'application/x-www-form-urlencoded', [202]),
  header('Content-Encoding', 'gzip'),
  header('Connection', 'X-API-Key, X-Narae-Origin, close'),
  body('of 7 MB', Buffer.alloc(7 * MIB, ' '), 413),
  body('of 12 MB', Buffer.alloc(12 * MIB, ' '), 413),
  body('of 100,000 levels', '['.repeat(100_000), 400),
  body('of 100,000 levels that are closed', '['.repeat(100_000) + ']'.repeat(100_000), 400),
  body('that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400),
  body('that is compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 400),
  body('with a key that reaches a prototype', '{"__proto__":{"code":"x","runtime":"python"}}', 400),
  body('with a number that is none', '{"code":"x","runtime":"python","timeoutMs":1e999}', 400),
  body('that is nothing', '', 400),
];
