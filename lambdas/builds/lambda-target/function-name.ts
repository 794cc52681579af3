import { createHash } from 'node:crypto';

/** Lambda allows no more. */
const MAX_CHARS = 64;
const HASH_CHARS = 10;

/**
 * What the names of a stage's apps begin with. No other function has it: an underscore is in no name of a stage or of a
 * function of ours, so that neither can be taken for the beginning of the other.
 */
export const appPrefix = (stage: string): string => `narae-${stage}-app_`;

/** The function of an app. Its name can be read, and the hash tells equal names of two namespaces apart. */
export function functionNameOf(stage: string, { namespace, name }: { namespace: string; name: string }): string {
  const hash = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, HASH_CHARS);
  const prefix = appPrefix(stage);
  return `${prefix}${name.slice(0, MAX_CHARS - prefix.length - HASH_CHARS - 1)}-${hash}`;
}
