import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './bundle';
import { madeFolder, removeOld } from './made-folder';

export interface Part {
  /** Folder whose content is taken. */
  readonly from: string;
  /** Folder of the package that it goes to; absent: the package itself. */
  readonly to?: string;
}

const ASSEMBLED = path.join(REPOSITORY, '.narae/assembled');
const NOT_OURS = /^(?:__pycache__|.*\.pyc|.*\.md)$/;

/**
 * Makes a function's package of our sources and of packages that it brings along. Equal content gives an equal folder,
 * so that an unchanged function is not deployed again.
 * @param sources ours: without bytecode and documents; the parts are taken as they are
 * @returns the folder that becomes the function's zip
 */
export function assemble(name: string, sources: string, parts: readonly Part[]): string {
  const all = [...filesIn(sources, '', NOT_OURS), ...parts.flatMap(({ from, to = '' }) => filesIn(from, to))];
  const hash = createHash('sha256');
  for (const { file, place } of all) {
    const executable = (statSync(file).mode & 0o111) !== 0;
    hash.update(`${place}\n${String(executable)}\n`).update(createHash('sha256').update(readFileSync(file)).digest());
  }
  const folder = path.join(ASSEMBLED, `${name}-${hash.digest('hex').slice(0, 16)}`);
  removeOld(ASSEMBLED, name);
  return madeFolder(folder, (draft) => {
    for (const { file, place } of all) {
      const target = path.join(draft, place);
      mkdirSync(path.dirname(target), { recursive: true });
      cpSync(file, target);
      chmodSync(target, (statSync(file).mode & 0o111) === 0 ? 0o644 : 0o755);
    }
  });
}

function filesIn(folder: string, to: string, without?: RegExp): { readonly file: string; readonly place: string }[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => without?.test(name) !== true)
    .flatMap((entry) => {
      const [file, place] = [path.join(folder, entry.name), path.join(to, entry.name)];
      if (entry.isDirectory()) return filesIn(file, place, without);
      return entry.isFile() ? [{ file, place }] : [];
    });
}
