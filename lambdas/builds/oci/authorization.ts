import * as z from 'zod';
import { basic, type CredentialsSource, type RegistryCredentials } from './credentials';
import { PushDenied } from './errors';
import type { RegistryHttp } from './http';

const Token = z.object({ token: z.string().min(1).optional(), access_token: z.string().min(1).optional() });

/** Credentials go to these hosts only, each `host[:port]`, and never less protected than to the registry itself. */
interface Trusted {
  readonly protocol: string;
  readonly realmHosts: ReadonlySet<string>;
}

/**
 * Answers the challenge of a registry: Basic with the credentials themselves, Bearer with a token that they are
 * exchanged for. The registry names where; it is asked only if that is a host which may have the credentials.
 */
export class Authorization {
  readonly #source: CredentialsSource;
  readonly #http: RegistryHttp;
  readonly #trusted: Trusted;

  #credentials: Promise<RegistryCredentials | undefined> | undefined;
  #header: string | undefined;

  constructor(source: CredentialsSource, http: RegistryHttp, trusted: Trusted) {
    this.#source = source;
    this.#http = http;
    this.#trusted = trusted;
  }

  /** For the next request; undefined until a registry has asked for it. */
  current(): string | undefined {
    return this.#header;
  }

  /**
   * @param challenge `WWW-Authenticate` of a 401
   * @param scope what a token is to be good for
   * @returns false if there is nothing more to try
   */
  async answer(challenge: string | undefined, scope: string): Promise<boolean> {
    this.#credentials ??= this.#source();
    const credentials = await this.#credentials;
    const header = await this.#headerFor(challenge ?? '', scope, credentials);
    if (header === undefined || header === this.#header) return false;
    this.#header = header;
    return true;
  }

  async #headerFor(challenge: string, scope: string, credentials: RegistryCredentials | undefined) {
    const [scheme = ''] = challenge.split(' ', 1);
    if (scheme.toLowerCase() === 'bearer') return this.#bearer(parametersOf(challenge), scope, credentials);
    return credentials && basic(credentials);
  }

  async #bearer(parameters: ReadonlyMap<string, string>, scope: string, credentials?: RegistryCredentials) {
    const realm = parameters.get('realm') ?? '';
    if (!URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    if (url.protocol !== this.#trusted.protocol || !this.#trusted.realmHosts.has(url.host))
      throw new PushDenied('The registry sends for its tokens to a host that may not have the credentials.');
    const service = parameters.get('service');
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    const headers = credentials && { Authorization: basic(credentials) };
    const answer = await this.#http.send({ method: 'GET', url, ...(headers && { headers }) });
    if (answer.status !== 200) return undefined;
    const token = Token.safeParse(readJson(answer.body)).data;
    const text = token?.token ?? token?.access_token;
    return text === undefined ? undefined : `Bearer ${text}`;
  }
}

/** `Bearer realm="...",service="..."`: values are quoted, and hold no quotes. */
const parametersOf = (challenge: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(challenge.matchAll(/([a-z_]+)="([^"]*)"/gi), ([, name = '', value = '']) => [name.toLowerCase(), value]),
  );

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
