import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { managedRuntime } from '../runtimes';
import type { FunctionDefinition } from './definition';
import { readZip } from './unzip';

export interface CodeStoreOptions {
  /** Unpacked packages, one folder per content. */
  readonly dir: string;
  /** The emulator, e.g. `http://127.0.0.1:20123`. */
  readonly awsEndpoint: string;
  /** node_modules of the repository: holds the AWS SDK that Lambda's Node runtimes bring along. */
  readonly nodeModules: string;
  /** What every function has in its environment, with interpreters in it; absent: packages are not prepared. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Unpacked deployment packages, by content. */
export class CodeStore {
  readonly #options: CodeStoreOptions;

  readonly #unpacking = new Map<string, Promise<string>>();

  constructor(options: CodeStoreOptions) {
    this.#options = options;
  }

  /** The folder that stands for /var/task of this function; downloads and unpacks it where it is not there yet. */
  folderOf(definition: FunctionDefinition): Promise<string> {
    const key = Buffer.from(definition.codeSha256, 'base64').toString('hex').slice(0, 32);
    const folder = path.join(this.#options.dir, key);
    if (existsSync(folder)) return Promise.resolve(folder);
    let running = this.#unpacking.get(key);
    if (!running) {
      running = this.#unpack(definition, folder).finally(() => this.#unpacking.delete(key));
      this.#unpacking.set(key, running);
    }
    return running;
  }

  async #unpack(definition: FunctionDefinition, folder: string): Promise<string> {
    // The emulator may name itself by another host and port than the ones it is reached by from here.
    const location = new URL(definition.codeLocation);
    const answer = await fetch(new URL(location.pathname + location.search, this.#options.awsEndpoint));
    if (!answer.ok) throw new Error(`The code of ${definition.name} can't be read (HTTP ${answer.status}).`);
    const files = readZip(Buffer.from(await answer.arrayBuffer()));
    await this.#provideSdk();
    // Into place in one step: a start that was interrupted must not leave half a function behind.
    const draft = `${folder}.${process.pid}.tmp`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    for (const { name, mode, content } of files) {
      const file = path.join(draft, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content, { mode });
    }
    await managedRuntime(definition.runtime).prepare?.(draft, this.#options.environment ?? {});
    await rename(draft, folder);
    return folder;
  }

  /** Lambda's Node runtimes hold the AWS SDK; packages may leave it out. Nothing else is lent to them. */
  async #provideSdk(): Promise<void> {
    const modules = path.join(this.#options.dir, 'node_modules');
    await mkdir(modules, { recursive: true });
    const link = path.join(modules, '@aws-sdk');
    if (!existsSync(link)) {
      await symlink(path.join(this.#options.nodeModules, '@aws-sdk'), link).catch((error: unknown) => {
        if (!existsSync(link)) throw error;
      });
    }
  }
}
