import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../support/system';
import type { Bed } from './bed';
import { bundleSizes } from './bundles';
import type { StartTimes } from './own-system';
import type { Section } from './sections';
import { figures, round } from './statistics';

/** What a function is: its size, how long it takes to be ready, what it needs. From the functions' own logs of this run. */
export async function functions({ logs }: Bed, start: StartTimes): Promise<Section> {
  const bundles = bundleSizes(join(REPOSITORY, '.narae', 'bundles'));
  const reports = await reportsOf(logs);
  return {
    title: 'Functions and the local stack',
    notes: [`Start of the local stack: first ${start.first} s, later ${start.later} s.`],
    tables: [
      { head: ['bundle', 'kB'], rows: bundles.map(({ name, kb }) => [name, String(kb)]) },
      {
        head: ['function', 'init ms (p50)', 'inits', 'billed ms (p50)', 'memory MB (most)', 'of', 'invokes'],
        rows: reports.map((report) => Object.values(report).map(String)),
      },
    ],
    data: { start, bundles, reports },
  };
}

const REPORT =
  /^REPORT .*\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax Memory Used: (\d+) MB(?:\tInit Duration: ([\d.]+) ms)?/gm;

/** What Lambda reported of the invokes of each function. */
export async function reportsIn(logs: string) {
  const files = (await readdir(logs)).filter((file) => file.startsWith('narae-')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.log').replace('narae-local-', ''),
      file: join(logs, file),
      lines: [...(await readFile(join(logs, file), 'utf8')).matchAll(REPORT)].map(([, billed, size, used, init]) => ({
        billedMs: Number(billed),
        sizeMb: Number(size),
        usedMb: Number(used),
        initMs: init === undefined ? undefined : Number(init),
      })),
    })),
  );
}

async function reportsOf(logs: string) {
  const reports = await reportsIn(logs);
  return reports.flatMap(({ name, lines }) => {
    const inits = lines.flatMap(({ initMs }) => initMs ?? []);
    if (lines.length === 0) return [];
    return [
      {
        name,
        initMs: inits.length > 0 ? round(figures(inits).p50) : '',
        inits: inits.length,
        billedMs: figures(lines.map(({ billedMs }) => billedMs)).p50,
        usedMb: Math.max(...lines.map(({ usedMb }) => usedMb)),
        sizeMb: lines[0]?.sizeMb ?? 0,
        invokes: lines.length,
      },
    ];
  });
}
