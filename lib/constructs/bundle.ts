import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

export const REPOSITORY = path.resolve(__dirname, '../..');
const BUNDLES = path.join(REPOSITORY, '.narae/bundles');

export interface Bundle {
  /** Folder that becomes the function's zip. */
  readonly folder: string;
  /** Lambda's handler setting. */
  readonly handler: string;
}

/** What CommonJS parts of an ES module bundle expect to find. */
const BANNER =
  "import { createRequire as narae$require } from 'node:module'; const require = narae$require(import.meta.url);";

const made = new Map<string, Bundle>();

/**
 * Makes one file of an entry and all it imports, the AWS SDK included: what runs is what was tested, not what the
 * runtime happens to bring. Equal sources give equal bytes, so an unchanged function is not deployed again.
 * The metafile beside the folder says what a bundle is made of.
 * @param entry path from the repository's root, exporting `handler`
 * @throws Error if the entry is missing or does not build
 */
export function bundle(entry: string): Bundle {
  const known = made.get(entry);
  if (known) return known;
  const source = path.join(REPOSITORY, entry);
  if (!existsSync(source)) throw new Error(`${entry} is missing: the stack needs it as the entry of a function`);
  const { outputFiles, metafile } = buildSync({
    entryPoints: [source],
    absWorkingDir: REPOSITORY,
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry} gave no bundle`);
  const name = path.basename(path.dirname(entry)) + '-' + path.basename(entry).replace(/\..*$/, '');
  const digest = createHash('sha256').update(file.contents).digest('hex').slice(0, 16);
  const folder = path.join(BUNDLES, `${name}-${digest}`);
  if (!existsSync(folder)) publish(folder, file.contents);
  writeFileSync(path.join(BUNDLES, `${name}.meta.json`), JSON.stringify(metafile));
  const result = { folder, handler: 'index.handler' };
  made.set(entry, result);
  return result;
}

/** Makes the folder whole at once: two syntheses at the same time must not read each other's half. */
function publish(folder: string, contents: Uint8Array): void {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(path.join(draft, 'index.mjs'), contents);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
