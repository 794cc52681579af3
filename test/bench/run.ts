import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { establishIsolation } from '../../local/isolation/isolation';
import { startSystem } from '../support/system';
import { bundleSizes } from './bundles';
import { floorsOf } from './floors';
import { reportOf, type Findings } from './report';
import { coldRuns, lineDelivery, replay, throughput, viewersOfOne, warmRuns } from './scenarios';
import type { Language } from './snippets';

/**
 * `npm run bench`: starts a system of its own (or takes NARAE_URL), measures, and writes docs/benchmarks.md and
 * docs/benchmarks.json. All figures come from one run, floors included.
 */

const REPOSITORY = resolve(__dirname, '../..');
const WARM_RUNS = 60;
const WIDTHS = [1, 8, 32];
const VIEWERS = 100;

async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`… ${what}\n`);
  const startedAt = performance.now();
  const result = await work();
  process.stderr.write(`✓ ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  return result;
}

async function perLanguage<T>(work: (language: Language) => Promise<T>): Promise<Record<Language, T>> {
  const [python, node] = [await work('python'), await work('node')];
  return { python, node };
}

async function main(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'narae-bench-'));
  const isolation = await establishIsolation({
    environment: process.env,
    nodePath: process.execPath,
    network: 'none',
    dir: scratch,
  });
  const launcher = JSON.parse(isolation.environment(REPOSITORY)['NARAE_CHILD_LAUNCHER'] ?? '[]') as string[];
  const interpreters = { python: isolation.python.path, node: process.execPath };

  const given = process.env['NARAE_URL'];
  const startedAt = performance.now();
  const system = given === undefined ? await measured('start', () => startSystem('bench')) : undefined;
  const firstStart = Math.round((performance.now() - startedAt) / 1000);
  const url = given ?? system?.url ?? '';
  try {
    const floors = await measured('floors', () =>
      perLanguage((language) => floorsOf(language, interpreters[language], launcher)),
    );
    const cold = await measured('cold runs', () => perLanguage((language) => coldRuns(url, language)));
    const warm = await measured('warm runs', () => perLanguage((language) => warmRuns(url, language, WARM_RUNS)));
    const delivery = await measured('delivery of lines', () =>
      perLanguage((language) => lineDelivery(url, language, 100)),
    );
    const replayed = await measured('replay', () => replay(url, 9_990, 5));
    const widths: Findings['throughput'][number][] = [];
    for (const width of WIDTHS) {
      const runs = 40 * Math.ceil(width / 4);
      widths.push({ width, runs, ...(await measured(`${width} at once`, () => throughput(url, width, runs))) });
    }
    const delay = await measured(`${VIEWERS} viewers`, () => viewersOfOne(url, VIEWERS));
    const found: Findings = {
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memoryGb: Math.round(totalmem() / 2 ** 30),
        node: process.versions.node,
        python: isolation.python.version,
      },
      takenAt: new Date().toISOString(),
      startSeconds: system && { first: firstStart, later: NaN },
      floors,
      warm,
      cold,
      delivery,
      replay: replayed,
      throughput: widths,
      viewers: { viewers: VIEWERS, delay },
      bundles: bundleSizes(join(REPOSITORY, '.narae', 'bundles')),
    };
    await writeFile(join(REPOSITORY, 'docs/benchmarks.md'), reportOf(found));
    await writeFile(join(REPOSITORY, 'docs/benchmarks.json'), `${JSON.stringify(found, null, 1)}\n`);
    process.stderr.write('Written to docs/benchmarks.md and docs/benchmarks.json.\n');
  } finally {
    await system?.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
