import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { adapterFiles, APP_FOLDER } from '../../../lambdas/builds/adapter/package';

const REPOSITORY = resolve(__dirname, '../../..');

/** Paths that the bundle takes in as text: jest knows no such imports. */
const named = readFileSync(resolve(REPOSITORY, 'lambdas/builds/adapter/sources.ts'), 'utf8');
const paths = Array.from(named.matchAll(/^ {2}'(lambdas\/[^']+\.py)':/gm), ([, path = '']) => path);

export const ADAPTER_SOURCES = Object.fromEntries(
  paths.map((path) => [path, readFileSync(resolve(REPOSITORY, path), 'utf8')]),
);

/** The package of a function of one file, `main.py`, and others of its app. */
export const deployable = (code: string, others: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  ...adapterFiles(ADAPTER_SOURCES, 'main'),
  [`${APP_FOLDER}/main.py`]: code,
  ...Object.fromEntries(Object.entries(others).map(([name, text]) => [`${APP_FOLDER}/${name}`, text])),
});
