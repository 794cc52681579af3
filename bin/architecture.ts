import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SERVICES } from '../lambdas/services';
import { unexplainedVariables, withTables } from './architecture/tables';

/** Writes the tables of services in docs/architecture.md; with `--check` only says whether they are what manifests say. */

const file = resolve(__dirname, '..', 'docs', 'architecture.md');
const before = readFileSync(file, 'utf8');
const after = withTables(before, SERVICES);

for (const name of unexplainedVariables(after, SERVICES)) {
  console.error(`docs/architecture.md: no row of "Environment variables of our functions" explains ${name}.`);
  process.exitCode = 1;
}
if (!process.argv.includes('--check')) {
  writeFileSync(file, after);
} else if (after !== before) {
  console.error('docs/architecture.md has other tables than the manifests give. Run `npm run tables` and commit it.');
  process.exitCode = 1;
}
