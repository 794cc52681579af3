import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { settingNames } from '../../lib/config';
import { Inventory, inventoryOf, upgradeProblems } from './inventory';
import { namedStage, stagesOf, STAGES } from './stage';

const folder = path.join(__dirname, 'releases');
const Release = z.record(z.string(), Inventory);
const releases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map(
    (file) =>
      [path.parse(file).name, Release.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')))] as const,
  );

/** A stage whose optional parts can be put in and taken out; `closed` has them all, with `dev` for the rest. */
const BASE = { ...STAGES['closed'] };

/** Another value for every setting that a stage may change while it stands. */
const CHANGES: Readonly<Record<string, readonly object[]>> = {
  auth: [{ auth: 'api-key' }],
  streamIdentity: [{ streamIdentity: 'optional' }],
  allowedCidrs: [{ allowedCidrs: ['203.0.113.0/24'] }, { auth: 'api-key', allowedCidrs: [] }],
  allowedOrigins: [{ allowedOrigins: ['https://app.example.com'] }],
  network: [{ network: 'public' }],
  memoryTiersMb: [{ memoryTiersMb: [512, 3008] }, { memoryTiersMb: [256, 1536, 4096] }, { memoryTiersMb: [3008] }],
  maxConcurrentRuns: [{ maxConcurrentRuns: 60 }, { maxConcurrentRuns: null }],
  maxViewers: [{ maxViewers: 30 }, { maxViewers: null }],
  throttling: [{ throttling: { rateLimit: 7, burstLimit: 8 } }],
  publicUrl: [{ publicUrl: 'https://run.example.com' }],
  edge: [
    { edge: { ...edgeOf(BASE), domainName: undefined, certificateArn: undefined } },
    { auth: 'api-key', allowedCidrs: [], edge: { ...edgeOf(BASE), waf: false } },
    { edge: { ...edgeOf(BASE), requestsPerAddress: 77 } },
    { edge: { ...edgeOf(BASE), originSecretVersion: '8f1e2d3c-0000-4000-8000-000000000000' } },
  ],
  retainData: [{ retainData: true }],
  logRetentionDays: [{ logRetentionDays: 30 }],
  openTargets: [{ openTargets: ['10.0.3.7:8080'] }],
  lokiUrl: [{ lokiUrl: 'https://loki.example' }],
  prometheusUrl: [{ prometheusUrl: 'https://prometheus.example' }],
  packageIndexes: [{ packageIndexes: { python: 'https://pypi.example/simple/' } }],
  namespaces: [{ namespaces: ['shop'] }],
  registries: [{ registries: [{ name: 'registry.example/team' }] }],
  decisions: [{ decisions: { provider: 'rules', embedder: 'local' } }],
  spin: [{ spin: { kubeconfigSecret: 'narae/kubeconfig' } }],
  alarmEmail: [{ alarmEmail: 'ops@example.com' }],
  objectives: [{ objectives: {} }, { objectives: { startsWithinMs: 2_000 } }],
  tracing: [{ tracing: 'xray' }],
  sampleSuccesses: [{ sampleSuccesses: 0.1 }],
  monthlyBudgetUsd: [{ monthlyBudgetUsd: 50 }, { monthlyBudgetUsd: 50, alarmEmail: 'ops@example.com' }],
  alarmTopicArn: [{ alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:others' }, { alarmTopicArn: undefined }],
};
/** What makes another stage of it: `-c stage`, and docs/deploy.md, "Upgrading". */
const NEVER_CHANGED = ['stage', 'account', 'region'];

describe.each(releases)('from %s', (_, release) => {
  test.each(Object.keys(release))('stage %s is upgraded without a stop and without a loss', (name) => {
    expect(upgradeProblems(release[name] ?? {}, inventoryOf(namedStage(name).all))).toEqual([]);
  });
});

describe('a setting is changed', () => {
  const base = inventoryOf(namedStage('closed').all);
  const changes = Object.entries(CHANGES).flatMap(([name, all]) => all.map((change) => ({ name, change })));
  const stages = stagesOf(changes.map(({ change }) => ({ name: 'closed', overrides: { ...BASE, ...change } })));

  test('all of them are looked at', () => {
    expect([...Object.keys(CHANGES), ...NEVER_CHANGED].sort()).toEqual([...settingNames].sort());
  });

  test.each(changes.map(({ name, change }, index) => [name, change, index] as const))('%s: %j', (_, _change, index) => {
    const changed = inventoryOf(stages[index]?.().all ?? []);
    expect(changed).not.toEqual({});
    expect({ forth: upgradeProblems(base, changed), back: upgradeProblems(changed, base) }).toEqual({
      forth: [],
      back: [],
    });
  });
});

describe('what would stop or lose is found', () => {
  const stack = (given: Partial<Inventory[string]>) => ({ exports: {}, imports: [], resources: {}, ...given });
  const table = { type: 'AWS::DynamoDB::Table', createOnly: {} };
  const named = (name: string, more = {}) => ({
    type: 'AWS::Lambda::Function',
    createOnly: { FunctionName: name, ...more },
  });

  test.each<[string, Inventory, Inventory, string[]]>([
    [
      'an export that goes before its user',
      { a: stack({ exports: { 'a:x': 1 } }), b: stack({ imports: ['a:x'] }) },
      { a: stack({}), b: stack({}) },
      ['a:x vanishes while b imports it'],
    ],
    [
      'an export of another value',
      { a: stack({ exports: { 'a:x': { Ref: 'One' } } }), b: stack({ imports: ['a:x'] }) },
      { a: stack({ exports: { 'a:x': { Ref: 'Two' } } }), b: stack({ imports: ['a:x'] }) },
      ['a:x changes while b imports it'],
    ],
    ['an export that nobody imports', { a: stack({ exports: { 'a:x': 1 } }) }, { a: stack({}) }, []],
    [
      'a table under another id',
      { a: stack({ resources: { One: table } }) },
      { a: stack({ resources: { Two: table } }) },
      ['a/One is removed'],
    ],
    [
      'a table with another key',
      { a: stack({ resources: { One: table } }) },
      { a: stack({ resources: { One: { ...table, createOnly: { KeySchema: ['pk'] } } } }) },
      ['a/One is made anew: KeySchema'],
    ],
    [
      'a fixed name in another stack',
      { a: stack({ resources: { One: named('f') } }), b: stack({}) },
      { a: stack({}), b: stack({ resources: { One: named('f') } }) },
      ['a/One moves to b/One, and AWS::Lambda::Function f is there already'],
    ],
    [
      'a function that cannot become one of tenants',
      { a: stack({ resources: { One: named('f') } }) },
      { a: stack({ resources: { One: named('f', { TenancyConfig: {} }) } }) },
      ['a/One is made anew: TenancyConfig'],
    ],
    ['a function that goes', { a: stack({ resources: { One: named('f') } }) }, { a: stack({}) }, []],
  ])('%s', (_, before, after, problems) => {
    expect(upgradeProblems(before, after)).toEqual(problems);
  });
});

function edgeOf(settings: object): object {
  return z.looseObject({ edge: z.looseObject({}) }).parse(settings).edge;
}
