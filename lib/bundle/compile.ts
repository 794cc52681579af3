import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { version, type BuildOptions } from 'esbuild';
import * as z from 'zod';

export const REPOSITORY = path.resolve(__dirname, '../..');

/**
 * One file of CommonJS. Modules are taken in their ES form where they have one, which is what unused parts can be left
 * out of, and build.mjs makes more parts such: 590 to 680 kB for a service instead of 1,130. No source map: Node would read
 * it at every cold start, and it weighs three times the code; the metafile beside the bundle says what it is made of.
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
  alias: {
    '@aws-sdk/credential-provider-node': path.join(__dirname, 'function-credentials.ts'),
    '@aws-sdk/token-providers': path.join(__dirname, 'function-tokens.ts'),
  },
} as const satisfies BuildOptions;

const BUILD = path.join(__dirname, 'build.mjs');
const BUILD_TIMEOUT_MS = 60_000;
const BUILD_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Changes with whatever decides what becomes of equal sources. */
export const RECIPE = JSON.stringify([version, OPTIONS, readFileSync(BUILD, 'utf8')]);

const Built = z.union([
  z.object({
    code: z.string(),
    metafile: z.looseObject({
      inputs: z.record(z.string(), z.unknown()),
      outputs: z.record(
        z.string(),
        z.looseObject({ inputs: z.record(z.string(), z.looseObject({ bytesInOutput: z.number() })) }),
      ),
    }),
  }),
  z.object({
    errors: z.array(
      z.looseObject({ text: z.string(), location: z.looseObject({ file: z.string(), line: z.number() }).nullable() }),
    ),
  }),
]);

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
  const options = JSON.stringify({ ...OPTIONS, entryPoints: [path.join(REPOSITORY, entry)] });
  const printed = execFileSync(process.execPath, [BUILD, options], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: BUILD_OUTPUT_BYTES,
  });
  const built = Built.parse(JSON.parse(printed));
  if ('errors' in built) {
    const reasons = built.errors.map(({ text, location }) =>
      location ? `  ${location.file}:${location.line}: ${text}` : `  ${text}`,
    );
    throw new Error(`${entry} does not build:\n${reasons.join('\n')}`);
  }
  const { code, metafile } = built;
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const sources = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([source]) => source);
  const read = [...Object.keys(metafile.inputs), 'tsconfig.json'];
  return { code: Buffer.from(code), metafile: JSON.stringify(metafile), read, sources };
}
