import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** What a request is signed with: a Lambda function finds it in its environment. */
export interface Signer {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 and its HMAC, as the signer wants them. */
class Sha256 {
  readonly #hash;
  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', plain(secret));
  }
  update(data: Data): void {
    this.#hash.update(plain(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error('A hash is made once.');
  }
}

function plain(data: Data): BinaryLike {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/**
 * Headers by which the POST of JSON to the URL of a Lambda function is signed, beside those that every such POST has.
 * @param now epoch ms
 */
export async function signatureOf(
  url: URL,
  json: string,
  signer: Signer,
  now: number,
): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken, region } = signer;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signature = new SignatureV4({ credentials, region, service: 'lambda', sha256: Sha256 });
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, 'content-type': 'application/json' },
    body: json,
  };
  const { headers } = await signature.sign(request, { signingDate: new Date(now) });
  const added = Object.entries(headers).filter(([name]) => !(name in request.headers));
  return Object.fromEntries(added);
}

/** Credentials of the function that this runs in; undefined where there are none. */
export function signerOfEnvironment(environment: NodeJS.ProcessEnv): Signer | undefined {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (region === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { region, accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] };
}
