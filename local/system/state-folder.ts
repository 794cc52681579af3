import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Isolation } from '../isolation/isolation';
import type { Language } from '../runtimes';

/** Ports that live as long as the state does: it holds addresses with them. */
export interface InnerPorts {
  readonly emulator: number;
  readonly lambda: number;
  /** Where functions find AWS. */
  readonly functions: number;
}

/** Outputs of the deployed stacks: stack name, output name, value. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a running system says about itself in `system.json`, for tests and tools. */
export interface SystemFile {
  readonly url: string;
  readonly awsEndpoint: string;
  readonly lambdaEndpoint: string;
  readonly region: string;
  readonly pid: number;
  readonly ports: InnerPorts & { readonly edge: number };
  readonly outputs: StackOutputs;
  readonly auth: string;
  readonly isolation: { readonly tier: Isolation['tier']; readonly gaps: readonly string[] };
  /** Of what user code runs on. */
  readonly versions: Readonly<Record<Language, string>>;
  readonly logs: string;
}

/** The folder of one system: all that it keeps, and nothing of another. */
export class StateFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = path.resolve(dir);
  }

  /** State of the emulator: everything that was stored in the emulated AWS. */
  readonly emulator = () => path.join(this.dir, 'state', 'emulator');
  readonly events = () => path.join(this.dir, 'state', 'async-events');
  readonly logs = () => path.join(this.dir, 'logs');
  readonly work = () => path.join(this.dir, 'work');
  readonly cdkOut = () => path.join(this.dir, 'cdk.out');
  readonly lock = () => path.join(this.dir, 'running.lock');
  readonly #systemFile = () => path.join(this.dir, 'system.json');
  readonly #portsFile = () => path.join(this.dir, 'state', 'ports.json');

  async create(): Promise<void> {
    const folders = [this.emulator(), this.events(), this.logs(), this.work()];
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  }

  async readPorts(): Promise<Partial<InnerPorts>> {
    const ports = await readJson(this.#portsFile());
    const port = (name: string) => (typeof ports?.[name] === 'number' ? { [name]: ports[name] } : {});
    return { ...port('emulator'), ...port('lambda'), ...port('functions') };
  }

  writePorts(ports: InnerPorts): Promise<void> {
    return writeJson(this.#portsFile(), ports);
  }

  /** The address of the system that runs on this folder, if it has got that far. */
  async readUrl(): Promise<string | undefined> {
    const url = (await readJson(this.#systemFile()))?.['url'];
    return typeof url === 'string' ? url : undefined;
  }

  writeSystem(system: SystemFile): Promise<void> {
    return writeJson(this.#systemFile(), system);
  }

  removeSystem(): Promise<void> {
    return rm(this.#systemFile(), { force: true });
  }
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** Readers see the old file or the new one, never half of it. */
async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.tmp`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${file}.tmp`, file);
}
