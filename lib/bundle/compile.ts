import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildSync, version, type BuildFailure, type BuildOptions } from 'esbuild';

export const REPOSITORY = path.resolve(__dirname, '../..');

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

/** Changes with whatever decides what becomes of equal sources. */
export const RECIPE = JSON.stringify([version, OPTIONS]);

export interface Compiled {
  readonly code: Uint8Array;
  /** JSON text for esbuild's bundle analyzer. */
  readonly metafile: string;
  /** Files that were read, from the repository's root. */
  readonly read: readonly string[];
  /** Those of them that something of ended up in the code. */
  readonly sources: readonly string[];
}

/** @throws Error if the entry is missing, or does not build: then with file and line */
export function compile(entry: string): Compiled {
  if (!existsSync(path.join(REPOSITORY, entry)))
    throw new Error(`${entry} is missing: a stack names it as the entry of a function`);
  try {
    const { outputFiles, metafile } = buildSync({ ...OPTIONS, entryPoints: [path.join(REPOSITORY, entry)] });
    const [file] = outputFiles;
    if (!file) throw new Error(`${entry} gave no bundle`);
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    const sources = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([source]) => source);
    const read = [...Object.keys(metafile.inputs), 'tsconfig.json'];
    return { code: file.contents, metafile: JSON.stringify(metafile), read, sources };
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
