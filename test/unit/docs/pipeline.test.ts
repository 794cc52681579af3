import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/** docs/examples/pipeline.yml calls what there is, in an order that holds. */

const REPOSITORY = path.resolve(__dirname, '../../..');
const text = (file: string): string => readFileSync(path.join(REPOSITORY, file), 'utf8');

const Step = z.looseObject({
  id: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
});
const Pipeline = z.looseObject({ jobs: z.record(z.string(), z.looseObject({ steps: z.array(Step) })) });

const { jobs } = Pipeline.parse(parse(text('docs/examples/pipeline.yml')));
const steps = jobs['deploy']?.steps ?? [];
const { scripts } = z
  .looseObject({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(text('package.json')));

/** Each call of a script of ours: its name and its options, without what is handed on to others. */
const calls = Object.values(jobs)
  .flatMap((job) => job.steps)
  .flatMap(({ run }) => [...(run ?? '').matchAll(/npm run (\S+) -- (.*)/g)])
  .map(([, script = '', args = '']) => ({ script, options: args.split(' -- ')[0]?.match(/--[a-z-]+/g) ?? [] }));

/** Where a script's options are read. */
const SOURCES: Readonly<Record<string, string>> = {
  preflight: 'bin/deploy.ts',
  deploy: 'bin/deploy.ts',
  selftest: 'test/security/selftest.ts',
};

test('every script it calls is there, with the options it is given', () => {
  expect(calls.map(({ script }) => script)).toEqual(['preflight', 'deploy', 'selftest', 'deploy', 'selftest']);
  for (const { script, options } of calls) {
    expect(scripts).toHaveProperty(script);
    expect(options.length).toBeGreaterThan(0);
    for (const option of options) expect(text(SOURCES[script] ?? '')).toContain(`${option.slice(2)}: { type:`);
  }
});

test('the gate comes after the deployment, and what is remembered as good after the gate', () => {
  const order = steps.map(({ id, run, if: condition }) => {
    if (condition !== undefined) return 'back';
    return id ?? (run?.includes('git tag') ? 'remembered' : 'other');
  });
  expect(order.slice(-4)).toEqual(['deploy', 'gate', 'remembered', 'back']);
});

test('it goes back when the deployment or the gate failed, and not when it never came to that', () => {
  const back = steps.at(-1);
  expect(back?.if).toBe("failure() && (steps.deploy.outcome == 'failure' || steps.gate.outcome == 'failure')");
  expect(back?.run).toContain('git checkout deployed');
});
