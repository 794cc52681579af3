import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from '../../process/run';
import type { Interpreter } from '../runtime';

/**
 * What user code is promised (docs/contracts/invocations.md#semantics), and the oldest that serves where it is not
 * there.
 */
const WANTED = '3.13';
const OLDEST_MINOR = 11;
const FACTS = `import json, sys, sysconfig
print(json.dumps({
  "executable": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
  "needs": [sys.base_prefix, sys.base_exec_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"),
            *([sysconfig.get_config_var("LIBDIR")] if sysconfig.get_config_var("Py_ENABLE_SHARED") else [])],
}))`;

/**
 * The Python that user code runs on: NARAE_PYTHON, else 3.13, else what `python3` is.
 * Throws where there is none from 3.11 on.
 */
export async function findPython(environment: NodeJS.ProcessEnv): Promise<Interpreter> {
  const chosen = environment['NARAE_PYTHON'];
  const candidates = chosen
    ? [chosen]
    : [`python${WANTED}`, ...(await pyenvVersions(environment)), 'python3', 'python3.14', 'python3.12', 'python3.11'];
  for (const candidate of candidates) {
    const interpreter = await inspect(candidate);
    if (interpreter && Number(interpreter.version.split('.')[1]) >= OLDEST_MINOR) return interpreter;
  }
  throw new Error(`No Python 3.${OLDEST_MINOR} or newer was found (tried ${candidates.join(', ')}).`);
}

/** pyenv's shims run a version only where it is activated; the versions themselves lie in a folder. */
async function pyenvVersions(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = path.join(environment['PYENV_ROOT'] ?? path.join(homedir(), '.pyenv'), 'versions');
  const versions = await readdir(folder).catch(() => []);
  return versions
    .filter((name) => name.startsWith(`${WANTED}.`))
    .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))
    .map((name) => path.join(folder, name, 'bin', `python${WANTED}`));
}

async function inspect(candidate: string): Promise<Interpreter | undefined> {
  const { status, stdout } = await run([candidate, '-I', '-c', FACTS], { timeLimitMs: 10_000 });
  if (status !== 0) return undefined;
  const facts: unknown = JSON.parse(stdout);
  if (!isFacts(facts)) return undefined;
  const binary = await realpath(facts.executable);
  // What a prefix holds may be reached by its true path as well as by the one that Python knows.
  const real = await Promise.all(facts.needs.map((folder) => realpath(folder)));
  const own = [...facts.needs, ...real].filter((folder) => !SHARED_PREFIXES.includes(folder));
  return { path: binary, version: facts.version, needs: [...new Set([binary, ...own])] };
}

/** Prefixes that hold much more than Python; of these, its standard library is enough. */
const SHARED_PREFIXES = ['/usr', '/usr/local'];

interface Facts {
  readonly executable: string;
  readonly version: string;
  readonly needs: string[];
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && 'executable' in value && 'version' in value && 'needs' in value;
}
