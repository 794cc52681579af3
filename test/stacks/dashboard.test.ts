import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { namedStage, repository, resource } from './stage';

const Metrics = z.array(z.array(z.unknown()));
const Widget = z.object({
  type: z.enum(['alarm', 'text', 'metric']),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  properties: z.looseObject({
    title: z.string().optional(),
    markdown: z.string().optional(),
    metrics: Metrics.default([]),
  }),
});
type Widget = z.output<typeof Widget>;

const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** The body as CloudFormation makes it, with some text for each reference. */
function bodyOf(stage: string): string {
  const { ops } = namedStage(stage);
  if (!ops) throw new Error('no ops stack');
  const { Properties } = resource(ops, 'AWS::CloudWatch::Dashboard');
  const parts = Joined.parse(Properties['DashboardBody'])['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : 'made-by-cloudformation')).join('');
}

const widgetsOf = (stage: string): Widget[] =>
  z.object({ widgets: z.array(Widget) }).parse(JSON.parse(bodyOf(stage))).widgets;

/** Rows from top to bottom, each from left to right, as what stands above their graphs. */
const rows = (widgets: readonly Widget[]): (string | undefined)[][] =>
  [...Map.groupBy(widgets, ({ y }) => y)]
    .sort(([a], [b]) => a - b)
    .map(([, row]) =>
      row.toSorted((a, b) => a.x - b.x).map(({ properties }) => properties.title ?? properties.markdown),
    );

/** What stands for one metric or formula: names, then perhaps how it is shown. */
const Shown = z.looseObject({ id: z.string().optional(), expression: z.string().optional() });
const shown = (entry: readonly unknown[]) => Shown.safeParse(entry.at(-1)).data ?? {};

test.each(['dev', 'prod', 'closed'])('alarms, service level, engine and cost of %s come in that order', (stage) => {
  const widgets = widgetsOf(stage);
  expect(rows(widgets)).toEqual([
    ['Alarms'],
    ['## Service level'],
    [
      'Requests not answered 5xx, percent',
      'Answers without user code, p90, ms',
      'From request to sandbox, ms',
      'Runs not ended by us, percent',
    ],
    ['## Engine'],
    ['Concurrent executions', 'Runs by outcome', 'Cold starts'],
    ['Faults by kind', 'Runner: orders and failures', 'Dead letters'],
    ['Streams', 'Requests', 'Services: time, p99, ms'],
    ['## Cost'],
    ['Lambda: invocations', 'Sandboxes: about so many GB-seconds', 'Logs taken in, bytes', 'DynamoDB: consumed units'],
  ]);
  for (const [y, row] of Map.groupBy(widgets, (widget) => widget.y))
    expect([y, row.reduce((sum, { width }) => sum + width, 0)]).toEqual([y, 24]);
});

test('each metric of ours that it shows is one that our functions write', () => {
  const code = globSync('lambdas/**/*.ts', { cwd: repository })
    .map((file) => readFileSync(path.join(repository, file), 'utf8'))
    .join('\n')
    .replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const names = widgetsOf('prod').flatMap(({ properties }) =>
    properties.metrics.flatMap(([namespace, name]) => (namespace === 'Narae' ? [String(name)] : [])),
  );
  expect(new Set(names)).toEqual(
    new Set(['RunQueueTime', 'RunsCompleted', 'RunsPlatformError', 'SandboxLost', 'Latency', ...names]),
  );
  for (const name of names) expect([name, new RegExp(`'${name}'|\\b${name}: \\{`).test(code)]).toEqual([name, true]);
});

test('metrics of ours are shown by the dimensions that functions write them with', () => {
  for (const { properties } of widgetsOf('prod'))
    for (const [namespace, name, ...more] of properties.metrics) {
      if (namespace !== 'Narae') continue;
      const service: unknown[] = name === 'Latency' ? ['service', expect.any(String)] : [];
      expect([name, ...more.filter((one) => typeof one === 'string')]).toEqual([name, ...service, 'stage', 'prod']);
    }
});

test('formulas use what their graph has', () => {
  for (const { properties } of widgetsOf('prod')) {
    const entries = properties.metrics.map(shown);
    const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { expression } of entries)
      for (const used of expression?.match(/\b[a-z]\w*/g) ?? []) expect(ids).toContain(used);
  }
});

test('what it shows by name are functions and log groups of the stage', () => {
  const { ownFunctions, all } = namedStage('prod');
  const functions = all.flatMap(({ template }) =>
    Object.values(template.Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? [Properties['FunctionName']] : [],
    ),
  );
  const valuesOf = (title: string) =>
    widgetsOf('prod')
      .filter(({ properties }) => properties.title === title)
      .flatMap(({ properties }) => properties.metrics.map(([, , , value]) => String(value)));
  const called = valuesOf('Lambda: invocations');
  expect(called.length).toBeGreaterThan(ownFunctions.length);
  for (const name of called) expect(functions).toContain(name);
  expect(valuesOf('Logs taken in, bytes')).toEqual(called.map((name) => name.replace('narae-prod-', '/narae/prod/')));
});
