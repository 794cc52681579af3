import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { establishIsolation } from '../../local/isolation/isolation';
import { REPOSITORY } from '../support/system';
import { floorsOf, type Floors } from './floors';
import type { Language } from './snippets';

const SystemFile = z.object({
  awsEndpoint: z.string(),
  logs: z.string(),
  outputs: z.record(z.string(), z.record(z.string(), z.string())),
});

/** What is measured against: a running system and its floors. */
export interface Bed {
  readonly url: string;
  readonly awsEndpoint: string;
  /** Folder of the functions' log files. */
  readonly logs: string;
  readonly runsTable: string;
  readonly floors: Readonly<Record<Language, Floors>>;
  readonly python: { readonly path: string; readonly version: string };
  readonly isolation: string;
}

export async function perLanguage<T>(work: (language: Language) => Promise<T>): Promise<Record<Language, T>> {
  const [python, node] = [await work('python'), await work('node')];
  return { python, node };
}

/** @param system its origin and state folder; it must run on this machine */
export async function bedOf(system: { readonly url: string; readonly stateDir: string }): Promise<Bed> {
  const facts = SystemFile.parse(JSON.parse(await readFile(join(system.stateDir, 'system.json'), 'utf8')));
  const scratch = await mkdtemp(join(tmpdir(), 'narae-bench-'));
  try {
    const isolation = await establishIsolation({
      environment: process.env,
      nodePath: process.execPath,
      network: 'none',
      dir: scratch,
    });
    const launcher = z
      .array(z.string())
      .parse(JSON.parse(isolation.environment(REPOSITORY)['NARAE_CHILD_LAUNCHER'] ?? '[]'));
    const interpreters = { python: isolation.interpreters.python.path, node: process.execPath };
    return {
      url: system.url,
      awsEndpoint: facts.awsEndpoint,
      logs: facts.logs,
      runsTable: facts.outputs['narae-local-data']?.['RunsTableName'] ?? '',
      floors: await perLanguage((language) => floorsOf(language, interpreters[language], launcher)),
      python: isolation.interpreters.python,
      isolation: isolation.tier,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
