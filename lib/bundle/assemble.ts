import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './bundle';

export interface Part {
  /** Folder whose content is taken. */
  readonly from: string;
  /** Folder of the package that it goes to; absent: the package itself. */
  readonly to?: string;
}

const ASSEMBLED = path.join(REPOSITORY, '.narae/assembled');
const WEEK_MS = 7 * 86_400_000;
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
  if (existsSync(folder)) return folder;
  prune(name);
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  for (const { file, place } of all) {
    const target = path.join(draft, place);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(file, target);
    chmodSync(target, (statSync(file).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
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

/** Packages of sources that have changed since are kept for a week: another synthesis may be reading them. */
function prune(name: string): void {
  if (!existsSync(ASSEMBLED)) return;
  for (const entry of readdirSync(ASSEMBLED)) {
    const folder = path.join(ASSEMBLED, entry);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (entry.startsWith(`${name}-`) && age > WEEK_MS) rmSync(folder, { recursive: true, force: true });
  }
}
