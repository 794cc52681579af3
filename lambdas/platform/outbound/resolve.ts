import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './address';
import { bareHost, isOpen, type OpenTargets } from './target';

/** All addresses of a name. The one question that is asked; what it answers is what is connected to. */
export type Resolver = (name: string) => Promise<readonly string[]>;

export const systemResolver: Resolver = async (name) => {
  const found = await lookup(name, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
};

/** A name leads, or also leads, to an address that is not public. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';
}

/** There is no such name, or nobody answers for it. */
export class NameNotFound extends Error {
  override readonly name = 'NameNotFound';
}

/**
 * The addresses of a URL's host, each of them checked: one private address among public ones refuses all, because
 * which one is connected to is not for its owner to say.
 * @throws AddressNotAllowed, NameNotFound
 */
export async function resolveTarget(url: URL, open: OpenTargets, resolve: Resolver): Promise<readonly string[]> {
  const host = bareHost(url);
  const addresses = isIP(host) === 0 ? await namesOf(host, resolve) : [host];
  if (isOpen(url, open)) return addresses;
  if (!addresses.every(isPublicAddress))
    throw new AddressNotAllowed('The host leads to an address that is not public.');
  return addresses;
}

async function namesOf(host: string, resolve: Resolver): Promise<readonly string[]> {
  const addresses = await resolve(host).catch((cause: unknown) => {
    throw new NameNotFound('The host cannot be found.', { cause });
  });
  if (addresses.length === 0) throw new NameNotFound('The host cannot be found.');
  return addresses;
}
