import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Folders and files of the repository that decide what is deployed. */
export const SOURCES = ['bin', 'lib', 'lambdas', 'stages'];
const FILES = ['package-lock.json', 'package.json', 'cdk.json', 'tsconfig.json'];

/** A text that changes when a deployment could come out differently: by sources, lock file, or settings. */
export async function fingerprint(root: string, settings: unknown): Promise<string> {
  const files = [...FILES.map((file) => path.join(root, file))];
  for (const folder of SOURCES) files.push(...(await filesUnder(path.join(root, folder))));
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files.sort()) {
    const content = await readFile(file).catch(() => undefined);
    if (content) hash.update(`\n${path.relative(root, file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.pyc'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
