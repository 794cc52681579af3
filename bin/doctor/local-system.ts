import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { isExecutable } from '../../local/process/is-executable';
import { messageOf } from '../command-line';
import type { Finding } from './finding';

/** Of what a running system says of itself (local/system/state-folder.ts), what is needed here. */
const SystemFile = z.looseObject({
  url: z.string(),
  awsEndpoint: z.string(),
  lambdaEndpoint: z.string(),
  pid: z.int(),
  isolation: z.looseObject({ tier: z.string() }),
  versions: z.record(z.string(), z.string()),
  logs: z.string(),
});
export type LocalSystem = z.output<typeof SystemFile>;

const GIB = 1024 ** 3;
const LEAST_DISK_BYTES = GIB;
const LEAST_MEMORY_BYTES = GIB / 2;
/** As long as the gateway itself waits for a service that has to start first. */
const PATIENCE_MS = 30_000;

/** @returns undefined where none runs on this folder */
export function runningSystem(stateDir: string): LocalSystem | undefined {
  const file = path.join(stateDir, 'system.json');
  if (!existsSync(file)) return undefined;
  const system = SystemFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  return existsSync(`/proc/${system.pid}`) ? system : undefined;
}

/** What a system stands on, running or not. */
export async function machine(stateDir: string): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(existsSync(stateDir) ? stateDir : '.');
  const disk = bavail * bsize;
  const memory = freemem();
  const bubblewrap = (process.env['PATH'] ?? '').split(':').some((folder) => isExecutable(path.join(folder, 'bwrap')));
  return [
    {
      what: 'disk',
      state: disk < LEAST_DISK_BYTES ? 'wrong' : 'ok',
      detail: `${inGib(disk)} free`,
      ...(disk < LEAST_DISK_BYTES && {
        next: 'make room: what cannot be kept is refused (docs/local.md#what-a-crash-means)',
      }),
    },
    {
      what: 'memory',
      state: memory < LEAST_MEMORY_BYTES ? 'note' : 'ok',
      detail: `${inGib(memory)} free`,
    },
    {
      what: 'bubblewrap',
      state: bubblewrap ? 'ok' : 'note',
      detail: bubblewrap ? 'installed' : 'missing: user code gets process limits only',
      ...(!bubblewrap && { next: 'docs/local.md#isolation-of-user-code' }),
    },
  ];
}

const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

/** What is not needed to ask for logs and queues. */
export const API = 'API';

/** Whether each part of a system answers. */
export async function parts({
  url,
  awsEndpoint,
  lambdaEndpoint,
  isolation,
  versions,
  logs,
}: LocalSystem): Promise<Finding[]> {
  const interpreters = Object.entries(versions).map(([language, version]) => `${language} ${version}`);
  return [
    ...(await Promise.all([
      answers(API, `${url}/health`, path.join(logs, 'narae-local-site.log')),
      answers('AWS emulator', `${awsEndpoint}/_ministack/ready`, path.join(logs, 'emulator.log')),
      answers('Lambda service', `${lambdaEndpoint}/2015-03-31/functions`, 'the output of npm start'),
    ])),
    { what: 'user code', state: 'ok', detail: `isolation ${isolation.tier}; ${interpreters.join(', ')}` },
  ];
}

async function answers(what: string, address: string, log: string): Promise<Finding> {
  const wrong = (detail: string): Finding => ({ what, state: 'wrong', detail, next: `look into ${log}` });
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    return answer.ok ? { what, state: 'ok', detail: address } : wrong(`${address} answers ${answer.status}`);
  } catch (error) {
    return wrong(`${address} does not answer: ${messageOf(error)}`);
  }
}
