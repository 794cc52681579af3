import { createHash } from 'node:crypto';

/** Lambda allows no more. */
const MAX_CHARS = 64;
const HASH_CHARS = 10;

/**
 * The function of an app. Its name can be read, and the hash tells equal names of two namespaces apart.
 * @param prefix of all apps of the stage, which no other function has
 */
export function functionNameOf(prefix: string, { namespace, name }: { namespace: string; name: string }): string {
  const hash = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, HASH_CHARS);
  return `${prefix}${name.slice(0, MAX_CHARS - prefix.length - HASH_CHARS - 1)}-${hash}`;
}
