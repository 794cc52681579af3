/** From a lock to a bundle in the store. */
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Refused, TOO_LARGE } from './failure.mjs';
import { npm } from './npm.mjs';
import { pack } from './pack.mjs';
import { packageOf } from './resolve.mjs';
import { upload } from './upload.mjs';

/** See docs/contracts/callbacks.md#build. */
const UNPACKED_BYTES = 250 * 1024 * 1024;

/**
 * @param packedLock what resolve() made
 * @throws Refused, RegistryUnavailable
 */
export async function install(packedLock, uploadUrl) {
  const lock = gunzipSync(Buffer.from(packedLock, 'base64')).toString('utf8');
  writeFileSync('package-lock.json', lock);
  writeFileSync('package.json', JSON.stringify(packageOf(JSON.parse(lock).packages[''].dependencies)));
  npm('ci');
  const files = filesUnder('node_modules').sort();
  const unpackedBytes = files.reduce((sum, file) => sum + lstatSync(file).size, 0);
  if (unpackedBytes > UNPACKED_BYTES) throw new Refused(TOO_LARGE);
  const { sha256, packedBytes } = await pack(files, 'bundle.tar.gz');
  await upload('bundle.tar.gz', uploadUrl);
  return { sha256, packedBytes, unpackedBytes };
}

/** Links are for programs that somebody calls by name; `require` needs none. npm's notes begin with a dot. */
const filesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(file);
    return entry.isFile() && file !== path.join('node_modules', '.package-lock.json') ? [file] : [];
  });
