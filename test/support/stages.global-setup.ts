import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { begin } from './beginnings';
import { NAMED, repository, synthesisCommand } from '../stacks/stage';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestStages: string | undefined;
}

/** The stages of `NAMED` are synthesized once for all tests of templates, which find them in NARAE_TEST_STAGES. */
export default function setup(): void {
  begin('stages', { start: synthesizeAll });
}

async function synthesizeAll(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'narae-stages-'));
  globalThis.naraeTestStages = folder;
  const file = join(folder, 'named.json');
  const child = spawn(process.execPath, synthesisCommand(file), {
    cwd: repository,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(serialize(Object.values(NAMED)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The stages could not be synthesized; the reason is above.');
  process.env['NARAE_TEST_STAGES'] = file;
}
