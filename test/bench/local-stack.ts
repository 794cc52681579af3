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

async function reportsOf(logs: string) {
  const files = (await readdir(logs)).filter((file) => file.startsWith('narae-')).sort();
  const all = await Promise.all(
    files.map(async (file) => {
      const lines = [...(await readFile(join(logs, file), 'utf8')).matchAll(REPORT)];
      const inits = lines.flatMap(([, , , , init]) => (init === undefined ? [] : [Number(init)]));
      if (lines.length === 0) return [];
      return [
        {
          name: basename(file, '.log').replace('narae-local-', ''),
          initMs: inits.length > 0 ? round(figures(inits).p50) : '',
          inits: inits.length,
          billedMs: figures(lines.map(([, billed]) => Number(billed))).p50,
          usedMb: Math.max(...lines.map(([, , , used]) => Number(used))),
          sizeMb: Number(lines[0]?.[2]),
          invokes: lines.length,
        },
      ];
    }),
  );
  return all.flat();
}
