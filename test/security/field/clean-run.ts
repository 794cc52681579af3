import { createHash } from 'node:crypto';
import type { Language } from '../attacks/attack';
import { newCanary, runAndWatch, type Stage } from './stage';

/**
 * An honest run that looks around: what it sees before any attack it must see after each of them. It carries canaries
 * in its code, its event and its environment, which it does not tell.
 */
const PROGRAMS: Readonly<Record<Language, string>> = {
  python: `
import builtins, hashlib, json, os, sys
def names(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else None
def handler(event, context):
    print("clean")
    return {
        "own": hashlib.sha256(os.environ["SECRET"].encode()).hexdigest() == event["digest"],
        "folders": {folder: names(folder) for folder in ("/tmp", "/var/tmp", "/dev/shm")},
        "home": names(os.environ["HOME"]),
        "cwd": os.getcwd() == os.environ["HOME"],
        "environment": sorted(os.environ),
        "processes": sum(name.isdigit() for name in names("/proc")),
        "builtins": len(dir(builtins)),
        "types": [type(len).__name__, type(json.dumps).__name__, type(os.read).__name__, os.__name__],
        "modules": sorted(name for name in sys.modules if "custom" in name or "poison" in name),
        "sum": sum(json.loads(json.dumps([1, 2, 3]))),
    }
`,
  node: `
const fs = require("fs"), { createHash } = require("crypto");
const names = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder).sort() : null);
exports.handler = ({ digest }) => {
  console.log("clean");
  return {
    own: createHash("sha256").update(process.env.SECRET).digest("hex") === digest,
    folders: Object.fromEntries(["/tmp", "/var/tmp", "/dev/shm"].map((folder) => [folder, names(folder)])),
    home: names(process.env.HOME),
    cwd: process.cwd() === process.env.HOME,
    environment: Object.keys(process.env).sort(),
    processes: names("/proc").filter((name) => Number(name) > 0).length,
    globals: Object.getOwnPropertyNames(globalThis).length,
    types: [[].map, JSON.stringify, Object.keys].map((native) => /native code/.test(String(native))),
    poisoned: [globalThis.poisoned, {}.poisoned].map(String),
    sum: JSON.parse(JSON.stringify([1, 2, 3])).reduce((a, b) => a + b),
  };
};
`,
};

export interface CleanRun {
  /** What the code saw of its surroundings, as JSON. */
  readonly seen: string;
  /** Its environment value: in the clear nowhere but in its own process. */
  readonly secret: string;
  /** In its code and its event: stored, but in no log. */
  readonly data: string;
}

/** @throws Error when it did not do what it always does */
export async function runClean(stage: Stage, language: Language, memoryMb: number): Promise<CleanRun> {
  const [secret, data] = [newCanary(), newCanary()];
  const comment = language === 'python' ? '#' : '//';
  const { record, stream, value } = await runAndWatch(stage, {
    code: `${comment} ${data}${PROGRAMS[language]}`,
    runtime: language,
    payload: { digest: createHash('sha256').update(secret).digest('hex'), data },
    timeoutMs: 30_000,
    memoryMb,
    env: { SECRET: secret },
  });
  const lines = stream.events.flatMap(({ data: event }) => (event.type === 'LOG' ? [event.line] : []));
  if (record.status !== 'COMPLETED' || lines.join() !== 'clean') {
    throw new Error(
      `A clean run ended ${record.errorType ?? ''} ${record.errorMessage ?? ''} with lines ${lines.join()}`,
    );
  }
  return { seen: JSON.stringify(value), secret, data };
}
