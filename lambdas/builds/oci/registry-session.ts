import { Authorization } from './authorization';
import type { CredentialsSource } from './credentials';
import { isEcrDownload } from './ecr-hosts';
import { PushDenied, PushError } from './errors';
import { NoAnswer, RegistryHttp, type RegistryAnswer, type RegistryRequest } from './http';
import { Passing, withRetries } from './retry';

export interface RegistryOptions {
  /** `host[:port]`, as it stands in names of images. */
  readonly host: string;
  /** Below the host, without tag. */
  readonly repository: string;
  readonly credentials: CredentialsSource;
  /** Where the host is really reached; absent: https at the host. */
  readonly endpoint?: string;
  /** Hosts beside its own that may be asked to change its credentials into tokens. */
  readonly tokenHosts?: readonly string[];
}

export type Call = Omit<RegistryRequest, 'url'> & {
  /** Below the repository, `blobs/...`; or an address that the registry gave. */
  readonly at: string | URL;
  readonly expect: readonly number[];
};

/** Requests to one repository of one registry: credentials, redirects, tries, and what answers mean. */
export class RegistrySession {
  readonly #options: RegistryOptions;

  readonly #http = new RegistryHttp();
  readonly #authorization: Authorization;
  readonly #base: URL;

  constructor(options: RegistryOptions) {
    this.#options = options;

    this.#base = new URL(options.endpoint ?? `https://${options.host}`);
    const realmHosts = new Set([this.#base.host, options.host, ...(options.tokenHosts ?? [])]);
    this.#authorization = new Authorization(options.credentials, this.#http, {
      protocol: this.#base.protocol,
      realmHosts,
    });
  }

  /**
   * @returns an answer with one of the expected statuses
   * @throws PushDenied, PushError
   */
  call(call: Call): Promise<RegistryAnswer> {
    return this.retried(() => this.once(call));
  }

  /** For what consists of several requests and must begin anew after a failure. */
  async retried<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(work);
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      throw new PushError(error.message, { cause: error.cause });
    }
  }

  /** @throws Passing for what may go well another time, PushDenied, PushError */
  async once({ at, expect, ...request }: Call): Promise<RegistryAnswer> {
    const url = typeof at === 'string' ? this.#below(at) : at;
    let answer = await this.#send(url, request);
    if (answer.status === 401) {
      const scope = `repository:${this.#options.repository}:pull,push`;
      const more = await this.#authorization.answer(answer.header('www-authenticate'), scope).catch(asPassing);
      if (more) answer = await this.#send(url, request);
    }
    if (isRedirect(answer.status) && request.method === 'GET') answer = await this.#follow(url, answer, request);
    if (expect.includes(answer.status)) return answer;
    throw this.#refusal(answer);
  }

  /** An address that the registry gave, which must be its own. */
  own(location: string | undefined, from: string | URL): URL {
    const given = new URL(location ?? '', typeof from === 'string' ? this.#below(from) : from);
    // It knows itself by its name, also where it is reached by another address.
    if (given.host !== this.#base.host && given.host !== this.#options.host)
      throw new PushError('The registry sends uploads to another host.');
    return new URL(`${given.pathname}${given.search}`, this.#base);
  }

  close(): void {
    this.#http.close();
  }

  #below(path: string): URL {
    return new URL(`/v2/${this.#options.repository}/${path}`, this.#base);
  }

  #send(url: URL, request: Omit<RegistryRequest, 'url'>): Promise<RegistryAnswer> {
    const authorization = this.#authorization.current();
    const headers = {
      Host: this.#options.host,
      ...(authorization !== undefined && { Authorization: authorization }),
      ...request.headers,
    };
    return this.#http.send({ ...request, url, headers }).catch(asPassing);
  }

  /** Without credentials: the address is signed, and they are for the registry only. */
  #follow(url: URL, answer: RegistryAnswer, request: Omit<RegistryRequest, 'url'>): Promise<RegistryAnswer> {
    const location = answer.header('location') ?? '';
    const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (target === undefined || !isEcrDownload(this.#options.host, target))
      throw new PushError('The registry redirects to another host, which is not followed.');
    return this.#http.send({ ...request, url: target }).catch(asPassing);
  }

  #refusal(answer: RegistryAnswer): Error {
    const { status } = answer;
    const message = `The registry ${this.#options.host} answered ${status}${codeOf(answer)}.`;
    if (status === 401 || status === 403) return new PushDenied(message);
    return status === 429 || status >= 500 ? new Passing(message) : new PushError(message);
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

function asPassing(error: unknown): never {
  if (error instanceof NoAnswer) throw new Passing(error.message, { cause: error.cause });
  throw error;
}

/** The code of a registry's error, which is a word of its protocol; its texts are not passed on. */
function codeOf({ body }: RegistryAnswer): string {
  const [, code] = /"code"\s*:\s*"([A-Z_]{1,40})"/.exec(body.subarray(0, 4_096).toString('utf8')) ?? [];
  return code === undefined ? '' : ` ${code}`;
}
