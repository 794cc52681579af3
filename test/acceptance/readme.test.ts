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

/** Of a run, a function, a callback, or a job. */
const idIn = (text: string): string | undefined =>
  new RegExp(`(inv|fn)-[0-9A-Z]{26}|"callback_id":\\d+|${UUID}`).exec(text)?.[0];

const withCurl = hasCurl ? test : test.skip;

withCurl("README's examples print what README says (needs curl)", async () => {
  const steps = stepsOf(readFileSync(join(REPOSITORY, 'README.md'), 'utf8'));
  expect(steps).toHaveLength(9);
  const { url, key } = target();
  const ids = new Map<string, string>();
  for (const { command, output } of steps) {
    const addressed = command
      .replaceAll(HOST, url)
      .replace(/^curl /, key === undefined ? 'curl ' : `curl -H 'X-API-Key: ${key}' `);
    const ours = [...ids].reduce((text, [theirs, mine]) => text.replaceAll(theirs, mine), addressed);
    const printed = execFileSync('sh', ['-c', ours], { encoding: 'utf8', timeout: 60_000 });
    expect(normal(printed)).toBe(normal(output));
    const [shown, got] = [idIn(output), idIn(printed)];
    if (shown !== undefined && got !== undefined) ids.set(shown, got);
  }
  // So that it can be followed once more.
  for (const id of ids.values()) {
    const [, callback] = /^"callback_id":(\d+)$/.exec(id) ?? [];
    if (callback !== undefined) expect((await send('DELETE', `/callbacks/${callback}`)).status).toBe(200);
    const functionPath = `/api/workspaces/ws-default/functions/${id}`;
    if (id.startsWith('fn-')) expect((await send('DELETE', functionPath)).status).toBe(204);
  }
});
