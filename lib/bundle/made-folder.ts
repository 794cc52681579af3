import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const WEEK_MS = 7 * 86_400_000;

/**
 * Makes a folder whole at once, where it is not there yet: two syntheses at the same time must not read each other's half.
 * @param fill is given the folder to put everything into
 * @throws what `fill` throws, unless another synthesis was quicker
 */
export function madeFolder(folder: string, fill: (draft: string) => void): string {
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** What was made of sources that have changed since is kept for a week: another synthesis may be reading it. */
export function removeOld(folder: string, name: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const made = path.join(folder, entry);
    const age = Date.now() - (statSync(made, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (entry.startsWith(`${name}-`) && age > WEEK_MS) rmSync(made, { recursive: true, force: true });
  }
}
