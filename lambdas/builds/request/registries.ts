import * as z from 'zod';
import { AppError } from '../../platform/http/errors';
import { readEcrHost } from '../oci/ecr-hosts';
import { parseRepository } from './image-reference';

/** A registry beside the account's own that builds may use, by the name that clients have for it. */
export const AllowedRegistry = z.strictObject({
  /** host/repository, as clients write it. */
  name: z.string(),
  /** host/repository that is really used. Absent: the name. */
  repository: z.string().optional(),
});
export type AllowedRegistry = z.output<typeof AllowedRegistry>;

/** Where something is really pushed to, or read from. */
export interface RegistryPlace {
  readonly host: string;
  readonly repository: string;
  /** Of this account, which the platform's role speaks to. */
  readonly ownEcr: boolean;
}

/**
 * Which registries may be spoken to (docs/contracts/builds.md#registries): those of this account, and listed names. No
 * connection is made to any other, so that private and metadata addresses need no list of their own.
 */
export class Registries {
  readonly #own: { readonly host: string; readonly path: string };
  readonly #allowed: ReadonlyMap<string, string>;

  /** @param own host/repository of the platform's own repository */
  constructor(own: string, allowed: readonly AllowedRegistry[]) {
    this.#own = split(own);
    this.#allowed = new Map(allowed.map(({ name, repository }) => [name, repository ?? name]));
  }

  /** The platform's own repository. */
  get own(): RegistryPlace {
    return this.#placed(this.#own);
  }

  /**
   * @param name host/repository; a leading https:// is dropped
   * @param field of the request, for the refusal
   * @throws AppError `REGISTRY_NOT_ALLOWED`
   */
  placeOf(name: string, field: string): RegistryPlace {
    const wanted = name.replace(/^https:\/\//, '').replace(/\/+$/, '');
    const mapped = this.#allowed.get(wanted);
    if (mapped !== undefined) return this.#placed(split(mapped));
    const parsed = parseRepository(wanted);
    const { host, path } = parsed ?? { host: null, path: '' };
    if (host === null || !this.#isOwnHost(host)) throw notAllowed(field);
    return this.#placed({ host, path });
  }

  /** Of a repository that is known to be allowed. @param repository host/repository where it really is */
  realPlace(repository: string): RegistryPlace {
    return this.#placed(split(repository));
  }

  #placed({ host, path }: { readonly host: string; readonly path: string }): RegistryPlace {
    return { host, repository: path, ownEcr: this.#isOwnHost(host) };
  }

  #isOwnHost(host: string): boolean {
    const account = readEcrHost(this.#own.host)?.account;
    return host === this.#own.host || (account !== undefined && readEcrHost(host)?.account === account);
  }
}

function split(repository: string): { readonly host: string; readonly path: string } {
  const slash = repository.indexOf('/');
  return { host: repository.slice(0, slash), path: repository.slice(slash + 1) };
}

const notAllowed = (field: string): AppError =>
  new AppError('REGISTRY_NOT_ALLOWED', `${field} is not a registry this installation may use`, { details: { field } });
