import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { digestOf, packAsset, writeAssets, type Asset } from './assets';
import { compile, RECIPE, REPOSITORY } from './compile';
import { madeFolder, removeOld } from './made-folder';

export { REPOSITORY } from './compile';

const BUNDLES = path.join(REPOSITORY, '.narae/bundles');
const IF_THERE = { throwIfNoEntry: false } as const;

const Bundle = z.object({
  /** Folder that becomes the function's zip. */
  folder: z.string(),
  /** Lambda's handler setting. */
  handler: z.string(),
  bytes: z.number(),
  /** Files that something of ended up in the bundle, from the repository's root. */
  sources: z.array(z.string()),
});
export type Bundle = Readonly<z.output<typeof Bundle>>;

/** A bundle, and how the files stood that it was made of. */
const Note = z.object({ recipe: z.string(), state: z.record(z.string(), z.string()), bundle: Bundle });

/**
 * Makes one file of an entry and all it imports, the AWS SDK included: what runs is what was tested, not what the
 * runtime happens to bring. Equal sources give equal bytes, so an unchanged function is not deployed again; while the
 * sources stand as they stood, it is not built again either.
 * @param entry path from the repository's root, exporting `handler`
 * @param assets files that stand beside it
 * @throws Error if the entry or an asset is missing, or the entry does not build
 */
export function bundle(entry: string, assets: readonly Asset[] = []): Bundle {
  const name = `${path.basename(path.dirname(entry))}-${path.basename(entry).replace(/\..*$/, '')}`;
  const noted = path.join(BUNDLES, `${name}.json`);
  const recipe = `${RECIPE}${JSON.stringify(assets)}`;
  const before = existsSync(path.join(REPOSITORY, entry)) ? unchanged(noted, recipe) : undefined;
  if (before) return before;
  const { code, metafile, read, sources } = compile(entry);
  const packed = assets.map(packAsset);
  const digest = createHash('sha256').update(code).update(digestOf(packed)).digest('hex').slice(0, 16);
  const folder = path.join(BUNDLES, `${name}-${digest}`);
  removeOld(BUNDLES, name);
  madeFolder(folder, (draft) => {
    writeFileSync(path.join(draft, 'index.js'), code);
    writeAssets(draft, packed);
  });
  writeWhole(path.join(BUNDLES, `${name}.meta.json`), metafile);
  const made: Bundle = { folder, handler: 'index.handler', bytes: code.byteLength, sources: [...sources] };
  const state = stateOf([...read, ...assets.map(({ from }) => from)]);
  writeWhole(noted, JSON.stringify({ recipe, state, bundle: made }));
  return made;
}

/** The bundle that was noted, if nothing that it was made of has changed since. */
function unchanged(noted: string, recipe: string): Bundle | undefined {
  if (!existsSync(noted)) return undefined;
  const note = Note.safeParse(JSON.parse(readFileSync(noted, 'utf8')));
  if (!note.success || note.data.recipe !== recipe || !existsSync(note.data.bundle.folder)) return undefined;
  const now = stateOf(Object.keys(note.data.state));
  return Object.entries(note.data.state).every(([file, state]) => now[file] === state) ? note.data.bundle : undefined;
}

/** Size and time of change, as a build tool looks at files. */
function stateOf(files: readonly string[]): Record<string, string> {
  const states = files.map((file) => {
    const { mtimeMs = 0, size = 0 } = statSync(path.join(REPOSITORY, file), IF_THERE) ?? {};
    return [file, `${mtimeMs} ${size}`] as const;
  });
  return Object.fromEntries(states);
}

function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
