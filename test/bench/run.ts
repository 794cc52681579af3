import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../support/system';
import { bedOf, type Bed } from './bed';
import { builds } from './builds';
import { callbacks } from './callbacks';
import { calls } from './calls';
import { decisions } from './decisions';
import { deploys } from './deploys';
import { growth } from './growth';
import { invokes } from './invokes';
import { jobs } from './jobs';
import { journal } from './journal';
import { functions } from './local-stack';
import { startTwice } from './own-system';
import { reportOf } from './report';
import { runs, streams, throughputs } from './runs';
import { measured, type Section } from './sections';

/**
 * `npm run bench [-- part ...]`: starts a system of its own, measures, and writes docs/benchmarks.md and
 * docs/benchmarks.json. All figures come from one run, floors included. With names of parts only those are measured, and
 * the report is printed instead of written: half a report is none.
 */

const PARTS: Readonly<Record<string, (bed: Bed) => Promise<Section>>> = {
  runs,
  streams,
  throughput: throughputs,
  functions: invokes,
  jobs,
  callbacks,
  builds,
  deploys,
  decisions,
  growth,
  calls,
  journal,
};

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => !(name in PARTS));
  if (unknown !== undefined)
    throw new Error(`There is no part '${unknown}'. There are: ${Object.keys(PARTS).join(', ')}.`);
  const whole = wanted.length === 0;
  const system = await measured('start of the local stack', startTwice);
  const stopping = (): void => void system.stop().finally(() => process.exit(1));
  process.once('SIGINT', stopping).once('SIGTERM', stopping);
  try {
    const bed = await measured('floors', () => bedOf(system));
    const sections: Section[] = [];
    for (const [name, part] of Object.entries(PARTS))
      if (whole || wanted.includes(name)) sections.push(await part(bed));
    sections.push(await functions(bed, system.start));
    const machine = {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      python: bed.python.version,
      isolation: bed.isolation,
    };
    const takenAt = new Date().toISOString();
    const report = reportOf(machine, takenAt, sections);
    if (!whole) return void process.stdout.write(report);
    const data = Object.fromEntries(sections.map((section) => [section.title, section.data]));
    await writeFile(join(REPOSITORY, 'docs/benchmarks.md'), report);
    await writeFile(
      join(REPOSITORY, 'docs/benchmarks.json'),
      `${JSON.stringify({ machine, takenAt, ...data }, null, 1)}\n`,
    );
    process.stderr.write('Written to docs/benchmarks.md and docs/benchmarks.json.\n');
  } finally {
    await system.stop();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
