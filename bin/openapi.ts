import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SERVICES } from '../lambdas/services';
import { buildOpenApi } from './openapi/build';

/** Writes docs/openapi.json from the route tables; with `--check` only says whether it is what they give. */

const file = resolve(__dirname, '..', 'docs', 'openapi.json');
const { version } = JSON.parse(readFileSync(resolve(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
const description = buildOpenApi(SERVICES, version);
const text = `${JSON.stringify(description, null, 1)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/openapi.json is not what the route tables give. Run `npm run openapi` and commit it.');
  process.exit(1);
}
