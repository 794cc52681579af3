import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { CREDENTIALS, FUNCTION_KEY_PREFIX, REGION } from '../../aws';

/** AWS takes no signature that is older, or newer. */
const MAX_SKEW_MS = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined ? undefined : typeof secret === 'string' ? secret : bytesOf(secret);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof chunk === 'string' ? chunk : bytesOf(chunk));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error('A hash is made once.');
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);

/**
 * Whether a request to a function's URL with the authorization type AWS_IAM is signed, for this region and for Lambda, by
 * somebody whose key this stack knows: it is signed anew, and the signatures are compared.
 * @param now epoch ms
 */
export async function isSigned(request: IncomingMessage, body: Buffer, now: number): Promise<boolean> {
  const [, key, , region, service, names = '', signature = ''] =
    AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  const at = readDate(String(request.headers['x-amz-date'] ?? ''));
  const signed = new Set(names.split(';'));
  if (key === undefined || !isKnown(key) || region !== REGION || service !== 'lambda') return false;
  if (at === undefined || Math.abs(now - at) > MAX_SKEW_MS || !signed.has('host')) return false;
  // The signature is over the digest that the header tells: that must be the body's.
  const told = request.headers['x-amz-content-sha256'];
  if (told !== undefined && told !== createHash('sha256').update(body).digest('hex')) return false;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const headers = Object.entries(request.headers).filter(([name]) => signed.has(name));
  const again = await new SignatureV4({
    credentials: { accessKeyId: key, secretAccessKey: CREDENTIALS.secretAccessKey },
    region,
    service,
    sha256: Sha256,
    // As it came: paths of functions are not normalised.
    applyChecksum: signed.has('x-amz-content-sha256'),
  }).sign(
    {
      method: request.method ?? 'GET',
      protocol: 'http:',
      hostname: 'local',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
      body,
    },
    { signingDate: new Date(at), signableHeaders: signed },
  );
  const [, , , , , , expected = ''] = AUTHORIZATION.exec(again.headers['authorization'] ?? '') ?? [];
  return expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}

const isKnown = (key: string): boolean => key === CREDENTIALS.accessKeyId || key.startsWith(FUNCTION_KEY_PREFIX);

/** `20261121T045800Z` as epoch ms. */
function readDate(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
}
