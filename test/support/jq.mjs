/**
 * Stands in for jq where a machine has none: `.`, `.field` and `{field, field}`, with or without -r; which is what the
 * examples of the documents use.
 */
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
const raw = args[0] === '-r';
const filter = args[raw ? 1 : 0];
const input = JSON.parse(readFileSync(0, 'utf8'));

const fields = /^\{([\w, ]+)\}$/.exec(filter)?.[1]?.split(/,\s*/);
const field = /^\.(\w*)$/.exec(filter)?.[1];
if (!fields && field === undefined) throw new Error(`The stand-in for jq does not know ${filter}.`);
const value = fields
  ? Object.fromEntries(fields.map((name) => [name, input[name] ?? null]))
  : field === ''
    ? input
    : (input[field] ?? null);
process.stdout.write(`${raw && typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);
