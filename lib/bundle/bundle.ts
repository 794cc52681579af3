import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync, type BuildFailure, type BuildOptions } from 'esbuild';

export const REPOSITORY = path.resolve(__dirname, '../..');
const BUNDLES = path.join(REPOSITORY, '.narae/bundles');

/**
 * One file of CommonJS. Modules are taken in their ES form where they have one, which is what unused parts can be left
 * out of: 790 kB instead of 1,130 for a room. No source map: Node would read it at every cold start, and it weighs three
 * times the code; the metafile beside the bundle says what a bundle is made of.
 */
const OPTIONS = {
  absWorkingDir: REPOSITORY,
  outfile: 'index.js',
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'silent',
  alias: { '@aws-sdk/credential-provider-node': path.join(__dirname, 'function-credentials.ts') },
} as const satisfies BuildOptions;

export interface Bundle {
  /** Folder that becomes the function's zip. */
  readonly folder: string;
  /** Lambda's handler setting. */
  readonly handler: string;
  readonly bytes: number;
  /** Files that something of ended up in the bundle, from the repository's root. */
  readonly sources: readonly string[];
}

const WEEK_MS = 7 * 86_400_000;
const IF_THERE = { throwIfNoEntry: false } as const;

const made = new Map<string, Bundle>();

/**
 * Makes one file of an entry and all it imports, the AWS SDK included: what runs is what was tested, not what the
 * runtime happens to bring. Equal sources give equal bytes, so an unchanged function is not deployed again.
 * @param entry path from the repository's root, exporting `handler`
 * @throws Error if the entry is missing or does not build
 */
export function bundle(entry: string): Bundle {
  const known = made.get(entry);
  if (known) return known;
  if (!existsSync(path.join(REPOSITORY, entry)))
    throw new Error(`${entry} is missing: a stack names it as the entry of a function`);
  const { code, metafile, sources } = build(entry);
  const name = `${path.basename(path.dirname(entry))}-${path.basename(entry).replace(/\..*$/, '')}`;
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const folder = path.join(BUNDLES, `${name}-${digest}`);
  if (!existsSync(folder)) {
    prune(name);
    publish(folder, code);
  }
  writeFileSync(path.join(BUNDLES, `${name}.meta.json`), metafile);
  const result = { folder, handler: 'index.handler', bytes: code.byteLength, sources };
  made.set(entry, result);
  return result;
}

interface Built {
  readonly code: Uint8Array;
  readonly metafile: string;
  readonly sources: readonly string[];
}

function build(entry: string): Built {
  try {
    const { outputFiles, metafile } = buildSync({ ...OPTIONS, entryPoints: [path.join(REPOSITORY, entry)] });
    const [file] = outputFiles;
    if (!file) throw new Error(`${entry} gave no bundle`);
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    const sources = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([source]) => source);
    return { code: file.contents, metafile: JSON.stringify(metafile), sources };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const reasons = error.errors.map(({ text, location }) =>
      location ? `  ${location.file}:${location.line}: ${text}` : `  ${text}`,
    );
    throw new Error(`${entry} does not build:\n${reasons.join('\n')}`, { cause: error });
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors);

/** Bundles of sources that have changed since are kept for a week: another synthesis may be reading them. */
function prune(name: string): void {
  if (!existsSync(BUNDLES)) return;
  for (const entry of readdirSync(BUNDLES)) {
    const folder = path.join(BUNDLES, entry);
    const old =
      entry.startsWith(`${name}-`) && Date.now() - (statSync(folder, IF_THERE)?.mtimeMs ?? Date.now()) > WEEK_MS;
    if (old) rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the folder whole at once: two syntheses at the same time must not read each other's half. */
function publish(folder: string, code: Uint8Array): void {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(path.join(draft, 'index.js'), code);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
