import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync, type Zippable } from 'fflate';

/** Of zip's own calendar the first; the time zone does not matter, since it is written as it is read. */
const WRITTEN = new Date(1980, 0, 1);
const REGULAR_FILE = 0o100000;
const MADE_ON_UNIX = 3;
/** Twice as fast as what is usual, and a tenth larger. */
const QUICK = 1;
/** Permissions stand in the upper half of a file's attributes. */
const UPPER_HALF = 0x10000;

/**
 * A folder as one zip file beside it, made where it is not there yet. For packages that are large: of a folder the CDK
 * makes a copy for each synthesis and a zip file for each deployment. Equal content gives equal bytes.
 * @param folder whose content never changes, such as one that `assemble` made
 */
export function zipOf(folder: string): string {
  const file = `${folder}.zip`;
  if (existsSync(file)) return file;
  const entries: Zippable = {};
  for (const name of filesUnder(folder)) {
    const { mode } = statSync(path.join(folder, name));
    const attrs = (REGULAR_FILE + (mode & 0o777)) * UPPER_HALF;
    entries[name] = [readFileSync(path.join(folder, name)), { attrs, os: MADE_ON_UNIX, mtime: WRITTEN }];
  }
  // Into place in one step: another synthesis may be looking.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, zipSync(entries, { level: QUICK }));
  renameSync(draft, file);
  return file;
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
