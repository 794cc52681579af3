import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

/**
 * One build in a process of its own: esbuild takes plugins only where nobody waits in line, and a synthesis does.
 * Argument: the build's options as JSON. Prints what came of it as JSON.
 */

/** Property names that are constants, as `{ [_x]: 1 }`, could be anything to esbuild, so it keeps what holds them. */
const plainNames = (source) => {
  const texts = new Map([...source.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, text]) => [name, text]));
  return source.replace(/\[(\w+)\]:/g, (whole, name) => (texts.has(name) ? `${texts.get(name)}:` : whole));
};

/** The AWS SDK describes every call of a service in one file; with plain names the calls we never make drop out. */
const usedSchemas = {
  name: 'used-schemas',
  setup: (builder) =>
    builder.onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/ }, ({ path }) => ({
      contents: plainNames(readFileSync(path, 'utf8')),
    })),
};

const options = JSON.parse(process.argv[2] ?? '{}');
const made = await build({ ...options, plugins: [usedSchemas] }).then(
  ({ outputFiles: [file], metafile }) => ({ code: file?.text, metafile }),
  (error) => ({ errors: error.errors ?? [{ text: String(error), location: null }] }),
);
process.stdout.write(JSON.stringify(made));
