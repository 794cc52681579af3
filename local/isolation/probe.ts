import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process/run';
import type { Interpreter } from './interpreters';
import { variants, type LauncherOptions, type Variant } from './launcher';

const TIME_LIMIT_MS = 10_000;
/** Small, so that the probe reaches it quickly. */
const PROBE_PROCESSES = 24;

/**
 * Runs in the isolation and checks from within: forks are bounded (where that is claimed), nothing of this machine can be
 * seen, the scratch folder can be written. Prints `isolated`.
 */
const INSIDE = `
import os, signal, sys
scratch, secret, bounded = sys.argv[1], sys.argv[2], sys.argv[3] == "bounded"
assert not os.path.exists(secret), "a file of this machine is in sight"
assert len([name for name in os.listdir("/proc") if name.isdigit()]) < 10, "other processes are in sight"
with open(os.path.join(scratch, "probe"), "w") as file: file.write("x")
children = 0
try:
    for _ in range(${PROBE_PROCESSES + 10}):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        children += 1
except OSError:
    pass
assert children > 0, "no process can be started"
assert not bounded or children < ${PROBE_PROCESSES + 10}, "processes are not bounded"
print("isolated", flush=True)
`;

export interface ProbeOptions extends LauncherOptions {
  readonly python: Interpreter;
  readonly nodePath: string;
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
  { python, nodePath }: ProbeOptions,
  { scratch, secret }: ProbeFiles,
): Promise<string | undefined> {
  if (variant.tier === 'none') return undefined;
  const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
  const command = (argv: readonly string[], ...rest: string[]) => [
    ...argv.map((part) => part.replaceAll('{scratch}', scratch)),
    ...rest,
  ];
  // Both interpreters must come up; one of them looks around.
  const node = run(command(variant.argv, nodePath, '-p', '"isolated"'), { timeLimitMs: TIME_LIMIT_MS, env });
  const bounded = variant.boundsProcesses ? 'bounded' : 'unbounded';
  const look = variant.tier === 'full' ? ['-c', INSIDE, scratch, secret, bounded] : ['-c', 'print("isolated")'];
  const seen = await run(command(tight.argv, python.path, '-I', '-S', ...look), { timeLimitMs: TIME_LIMIT_MS, env });
  for (const result of [seen, await node]) {
    if (result.status === 0 && result.stdout.includes('isolated')) continue;
    return result.stderr.trim().split('\n').at(-1) ?? 'it did not come up';
  }
  return undefined;
}
