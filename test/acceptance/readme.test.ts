import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send, target } from '../support/api';
import { REPOSITORY } from '../support/system';
import { HOST, hasCurl, normal, UUID } from '../support/worked-examples';

/** The README's worked examples, run as they stand there; their output must be what it says. */

interface Step {
  readonly command: string;
  readonly output: string;
}

function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/```console\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = '', ...output] = text.split('\n');
      return { command, output: output.join('\n').trim() };
    });
}

/** Of a run, a function, a callback or a job; of a task; of an issue and its run; of the image that a task made. */
const IDS = [
  new RegExp(`((?:inv|fn)-[0-9A-Z]{26}|"callback_id":\\d+|${UUID})`),
  /"task_id":"([A-Za-z0-9]{14})"/,
  /"issue_id":"iss_([0-9A-Z]{26})"/,
  /"image_url":"([^"]+)"/,
];

const run = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 60_000 });

const withCurl = hasCurl ? test : test.skip;

withCurl("README's examples print what README says (needs curl)", async () => {
  const steps = stepsOf(readFileSync(join(REPOSITORY, 'README.md'), 'utf8'));
  expect(steps).toHaveLength(15);
  const { url, key } = target();
  const ids = new Map<string, string>();
  for (const { command, output } of steps) {
    const addressed = command
      .replaceAll(HOST, url)
      .replace(/^curl /, key === undefined ? 'curl ' : `curl -H 'X-API-Key: ${key}' `);
    // Longer ones first: the name of an image holds that of its task.
    const replaced = [...ids].sort(([a], [b]) => b.length - a.length);
    const ours = replaced.reduce((text, [theirs, mine]) => text.replaceAll(theirs, mine), addressed);
    let printed = run(ours);
    // What takes longer than an answer may is asked for again.
    for (let asked = 1; asked < 5 && printed.includes('"service_status":"pending"'); asked += 1) printed = run(ours);
    expect(normal(printed)).toBe(normal(output));
    for (const id of IDS) {
      const [shown, got] = [output, printed].map((text) => id.exec(text)?.[1]);
      if (shown !== undefined && got !== undefined) ids.set(shown, got);
    }
  }
  // So that it can be followed once more.
  for (const id of ids.values()) {
    const [, callback] = /^"callback_id":(\d+)$/.exec(id) ?? [];
    if (callback !== undefined) expect((await send('DELETE', `/callbacks/${callback}`)).status).toBe(200);
    const functionPath = `/api/workspaces/ws-default/functions/${id}`;
    if (id.startsWith('fn-')) expect((await send('DELETE', functionPath)).status).toBe(204);
  }
});
