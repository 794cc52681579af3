import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process/run';
import { LANGUAGES, type Language, RUNTIMES } from '../runtimes';
import type { Interpreter } from '../runtimes/runtime';
import { variants, type LauncherOptions, type Variant } from './launcher';

const TIME_LIMIT_MS = 10_000;
/** Small, so that the probe reaches it quickly. */
const PROBE_PROCESSES = 24;

export interface ProbeOptions extends LauncherOptions {
  readonly interpreters: Readonly<Record<Language, Interpreter>>;
  /** Folder for the probe's files; a child must not see it. */
  readonly dir: string;
}

export interface Probed {
  readonly variant: Variant;
  /** Its place among the variants. */
  readonly index: number;
  /** Why each better one does not work here. */
  readonly refusals: readonly string[];
}

/** The best way to isolate that works on this machine. */
export async function probe(options: ProbeOptions): Promise<Probed> {
  await mkdir(options.dir, { recursive: true });
  const dir = await mkdtemp(path.join(options.dir, 'probe-'));
  try {
    const files = await probeFiles(dir);
    const readable = [...options.readable, files.task];
    const offered = variants({ ...options, readable });
    const tight = variants({ ...options, readable, limits: { ...options.limits, processes: PROBE_PROCESSES } });
    const refusals: string[] = [];
    for (const [index, variant] of offered.entries()) {
      const refusal = await tryVariant(variant, tight[index] ?? variant, options, files);
      if (refusal === undefined) return { variant, index, refusals };
      refusals.push(refusal);
    }
    throw new Error(`User code can't be run on this machine: ${refusals.join('; ')}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface ProbeFiles {
  readonly task: string;
  readonly scratch: string;
  readonly secret: string;
}

async function probeFiles(dir: string): Promise<ProbeFiles> {
  const files = { task: path.join(dir, 'task'), scratch: path.join(dir, 'scratch'), secret: path.join(dir, 'secret') };
  await Promise.all([mkdir(files.task), mkdir(files.scratch), writeFile(files.secret, 'not for user code')]);
  return files;
}

/** @returns what went wrong, or undefined */
async function tryVariant(
  variant: Variant,
  tight: Variant,
  { interpreters }: ProbeOptions,
  { scratch, secret }: ProbeFiles,
): Promise<string | undefined> {
  if (variant.tier === 'none') return undefined;
  const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
  const command = (argv: readonly string[], ...rest: string[]) => [
    ...argv.map((part) => part.replaceAll('{scratch}', scratch)),
    ...rest,
  ];
  const look = { scratch, secret, processes: PROBE_PROCESSES, bounded: variant.boundsProcesses };
  // All interpreters must come up; some look around.
  const results = LANGUAGES.map((language) => {
    const { comesUp, looksAround } = RUNTIMES[language];
    const { argv } = looksAround ? tight : variant;
    const args = variant.tier === 'full' ? (looksAround?.(look) ?? comesUp) : comesUp;
    return run(command(argv, interpreters[language].path, ...args), { timeLimitMs: TIME_LIMIT_MS, env });
  });
  for (const result of await Promise.all(results)) {
    if (result.status === 0 && result.stdout.includes('isolated')) continue;
    return result.stderr.trim().split('\n').at(-1) ?? 'it did not come up';
  }
  return undefined;
}
