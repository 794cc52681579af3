import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now } from './client';
import { BARE, type Language } from './snippets';
import { figures, repeat, type Figures } from './statistics';

/** What the same code takes with nothing around it: from starting a process to its end. */
export interface Floors {
  readonly bare: Figures;
  /** In the isolation that user code runs in on this machine. */
  readonly isolated: Figures;
}

const TIMES = 25;

/** @param interpreter path; @param launcher argv in front of it, `{scratch}` stands for its scratch folder */
export async function floorsOf(language: Language, interpreter: string, launcher: readonly string[]): Promise<Floors> {
  const flags = language === 'python' ? ['-I', '-c'] : ['-e'];
  const command = [interpreter, ...flags, BARE[language]];
  const [scratch, libraries] = [
    await mkdtemp(join(tmpdir(), 'narae-bench-')),
    await mkdtemp(join(tmpdir(), 'narae-bench-')),
  ];
  try {
    const isolated = [
      ...launcher.map((part) => part.replaceAll('{scratch}', scratch).replaceAll('{libraries}', libraries)),
      ...command,
    ];
    return { bare: await timed(command, scratch), isolated: await timed(isolated, scratch) };
  } finally {
    for (const folder of [scratch, libraries]) await rm(folder, { recursive: true, force: true });
  }
}

async function timed(argv: readonly string[], cwd: string): Promise<Figures> {
  await repeat(3, () => once(argv, cwd));
  return figures(await repeat(TIMES, () => once(argv, cwd)));
}

function once([command = '', ...args]: readonly string[], cwd: string): Promise<number> {
  const startedAt = now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(now() - startedAt);
      else reject(new Error(`${command} ended with ${String(code)}: ${errors.slice(-500)}`));
    });
  });
}
