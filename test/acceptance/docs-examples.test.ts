import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { target } from '../support/api';
import { REPOSITORY } from '../support/system';
import { hasCurl, HOST, normal } from '../support/worked-examples';

/**
 * The worked examples of the APIs' pages, run as they stand there: a comment that is JSON is what the command before it
 * prints, where `...` stands for anything.
 */

const SECTIONS = new Set([
  'A workspace',
  'Python',
  'Node',
  'Python and Node',
  'From submit to approval',
  'Feedback',
  'Meetings',
]);
const TIME_LIMIT_MS = 100_000;
const STEP_END = '@@ end of step';

interface Step {
  readonly commands: string;
  /** Absent: what is printed is not told. */
  readonly output?: string;
}

/** Code of the sections that show how it goes, in the order of the page. */
function examplesOf(markdown: string): string[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n');
    if (!SECTIONS.has(heading)) return [];
    return [...section.matchAll(/```(?:sh|bash)\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  });
}

function stepsOf(code: string): Step[] {
  const steps: Step[] = [];
  let commands: string[] = [];
  let output: string[] = [];
  const close = () => {
    if (output.length > 0) steps.push({ commands: commands.join('\n'), output: output.join('\n') });
    else if (commands.length > 0) steps.push({ commands: commands.join('\n') });
    [commands, output] = [[], []];
  };
  for (const line of code.split('\n')) {
    const shown = /^# (?:\d{3} )?(.*)$/.exec(line)?.[1] ?? '';
    const begins = /^[[{"\d]/.test(shown);
    if (begins || (output.length > 0 && line.startsWith('# '))) output.push(shown);
    else {
      if (output.length > 0) close();
      commands.push(line);
    }
  }
  close();
  return steps;
}

const compact = (text: string): string => normal(text.replace(/\s+/g, ''));

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What fits the output as the page tells it, after whatever the commands before the last one printed. */
function patternOf(output: string): RegExp {
  const parts = compact(output.replace(/-01M7\w*\.\.\./g, '-...').replace(/(?<!\.)\.\.\.(?!\.)/g, '@@ANY')).split(
    '@@ANY',
  );
  return new RegExp(`(?:^|[}\\]"])${parts.map(literally).join('[^]*?')}$`);
}

/** @returns what each step printed */
function run(steps: readonly Step[]): string[] {
  const { url, key } = target();
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-examples-'));
  const jq = path.join(REPOSITORY, 'test/support/jq.mjs');
  const before = [
    'set -e',
    ...(key === undefined ? [] : [`curl() { command curl -H 'X-API-Key: ${key}' "$@"; }`]),
    `command -v jq >/dev/null || jq() { '${process.execPath}' '${jq}' "$@"; }`,
  ];
  const script = [...before, ...steps.flatMap(({ commands }) => [commands, `echo; echo '${STEP_END}'`])];
  try {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script.join('\n').replaceAll(HOST, url)], {
      cwd: folder,
      encoding: 'utf8',
      timeout: TIME_LIMIT_MS,
    });
    if (status !== 0) throw new Error(`The examples ended with ${String(status)}:\n${stdout}\n${stderr}`);
    return stdout.split(`${STEP_END}\n`).slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const withCurl = hasCurl ? test : test.skip;

withCurl.each([
  ['invocations.md', 1, 2],
  ['functions.md', 3, 5],
  ['jobs.md', 2, 3],
  ['callbacks.md', 2, 3],
  ['decisions.md', 6, 6],
])('examples of docs/%s print what it says (needs curl)', (name, examples, told) => {
  const codes = examplesOf(readFileSync(path.join(REPOSITORY, 'docs', name), 'utf8'));
  const steps = codes.flatMap(stepsOf);
  expect([codes.length, steps.filter(({ output }) => output !== undefined).length]).toEqual([examples, told]);
  const printed = run(steps);
  expect(printed).toHaveLength(steps.length);
  for (const [index, { output }] of steps.entries())
    if (output !== undefined) expect(compact(printed[index] ?? '')).toMatch(patternOf(output));
});
