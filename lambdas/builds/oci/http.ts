import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { readAnswer } from '../../platform/outbound/read-answer';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** An answer with more bytes is refused. */
  readonly maxBytes?: number;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** No answer, or not a whole one. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Nothing was heard for so long, ms. */
const IDLE_MS = 20_000;
/** A whole request with its answer, ms: a blob of 100 MB at 2 MB/s. */
const REQUEST_MS = 60_000;
const SMALL_ANSWER = 1024 * 1024;

/**
 * HTTP as a registry client needs it: redirects are answers like others, every request ends. Connections are kept for
 * the client's life, which is one job: none is left to go stale while a Lambda environment is frozen.
 */
export class RegistryHttp {
  readonly #plain = new HttpAgent({ keepAlive: true, maxSockets: 4 });
  readonly #secure = new HttpsAgent({ keepAlive: true, maxSockets: 4 });

  /** @throws NoAnswer */
  async send({ method, url, headers, body, maxBytes = SMALL_ANSWER }: RegistryRequest): Promise<RegistryAnswer> {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const secure = url.protocol === 'https:';
    const options = {
      method,
      signal,
      timeout: IDLE_MS,
      agent: secure ? this.#secure : this.#plain,
      headers: {
        'User-Agent': 'narae',
        'Accept-Encoding': 'identity',
        ...(method !== 'GET' && method !== 'HEAD' && { 'Content-Length': String(body?.length ?? 0) }),
        ...headers,
      },
    };
    try {
      return await new Promise((resolve, reject) => {
        const request = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
          read(answer, maxBytes).then(resolve, reject);
        });
        request.on('timeout', () => request.destroy(new Error(`Nothing was heard for ${IDLE_MS} ms.`)));
        request.on('error', reject);
        request.end(body);
      });
    } catch (cause) {
      throw new NoAnswer('The registry gave no whole answer.', { cause });
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<RegistryAnswer> {
  const body = await readAnswer(answer, maxBytes);
  const header = (name: string): string | undefined => {
    const value = answer.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { status: answer.statusCode ?? 0, header, body };
}
