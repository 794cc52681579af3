/** From dependencies to a lock: every package with its version and hash, so that equal locks are equal packages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Refused } from './failure.mjs';
import { npm } from './npm.mjs';

/** A state machine carries 256 KB, a request for an installation among them. */
const LOCK_CHARS = 150_000;

/** @throws Refused, RegistryUnavailable */
export async function resolve(dependencies) {
  writeFileSync('package.json', JSON.stringify(packageOf(dependencies)));
  npm('install', '--package-lock-only', '--omit-lockfile-registry-resolved');
  const lock = readFileSync('package-lock.json', 'utf8');
  for (const [folder, { version, resolved, integrity, link, inBundle }] of Object.entries(JSON.parse(lock).packages)) {
    // A package of the registry has a hash, and no address of its own when these are left out.
    if (folder === '' || inBundle) continue;
    if (link || resolved !== undefined || integrity === undefined)
      throw new Refused(
        `library needs ${folder.replace(/^.*node_modules\//, '')} ${version ?? ''} from an address of its own; ` +
          'only packages of the registry are installed',
      );
  }
  const packed = gzipSync(lock).toString('base64');
  if (packed.length > LOCK_CHARS) throw new Refused('library takes too many packages');
  return { lock: packed, platform: `node-${process.versions.node.split('.')[0]}-${process.platform}-${process.arch}` };
}

/** The same whoever asks: only what it depends on decides about a lock. */
export const packageOf = (dependencies) => ({ name: 'library', version: '1.0.0', private: true, dependencies });
