import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SAVED_QUERIES } from '../../lib/constructs/saved-queries';
import { CLOSED, everywhere, namedStage, repository, resource, resources } from './stage';

const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()).default([]),
  TreatMissingData: z.string().optional(),
  AlarmRule: z.string().optional(),
  Metrics: z
    .array(z.object({ MetricStat: z.looseObject({ Metric: z.looseObject({ MetricName: z.string() }) }).optional() }))
    .default([]),
});

/** Of all stacks: the edge has some, where its metrics are. */
const alarmsOf = (stage: string) =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    everywhere(namedStage(stage), type).map(([, { Properties }]) => Alarm.parse(Properties)),
  );
/** Those that others look at, and that tell nobody themselves. */
const isPart = ({ AlarmName }: { AlarmName: string }) => AlarmName.includes('-objective-');

const runbook = readFileSync(path.join(repository, 'docs/runbook.md'), 'utf8');
const chapterOf = (description: string) => /docs\/runbook\.md#([\w-]+)$/.exec(description)?.[1];
const isOfEdge = (name: string) => /-(edge-errors|firewall-blocks)$/.test(name);
const chapters = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replace(/ /g, '-'));

test('every alarm says what it means and leads to a chapter of the runbook that is there', () => {
  const alarms = alarmsOf('prod').filter((alarm) => !isPart(alarm));
  expect(alarms.map(({ AlarmName }) => AlarmName.replace('narae-prod-', '')).sort()).toEqual([
    'api-server-errors',
    'background-errors',
    'budget-burns-fast',
    'budget-burns-slowly',
    'cleaning-given-up',
    'concurrency-near-quota',
    'decisions-failing',
    'decisions-not-compiled',
    'edge-errors',
    'firewall-blocks',
    'functions-throttled',
    'meetings-not-generated',
    'platform-errors',
    'queue-age',
    'reaper-errors',
    'reaper-silent',
    'refusal-storm',
    'runner-errors',
    'runs-lost',
    'runs-not-executed',
    'sandboxes-throttled',
    'slow-answers',
    'slow-starts',
    'stream-errors',
    'tables-throttled',
  ]);
  for (const { AlarmName, AlarmDescription } of alarms) {
    expect(AlarmName).toBe(`narae-prod-${chapterOf(AlarmDescription)}`);
    expect(chapters).toContain(chapterOf(AlarmDescription));
    expect(runbook).toContain(`| [${chapterOf(AlarmDescription)}](#${chapterOf(AlarmDescription)}) |`);
  }
});

test('objectives are looked at over a long and a short window, and told of by two alarms', () => {
  const alarms = alarmsOf('prod');
  const parts = alarms.filter(isPart);
  expect(parts.map(({ AlarmName }) => AlarmName.replace('narae-prod-', '')).sort()).toEqual(
    ['requests', 'runs', 'starts'].flatMap((of) =>
      ['1h', '30m', '5m', '6h'].map((window) => `${of}-objective-${window}`),
    ),
  );
  for (const { AlarmActions } of parts) expect(AlarmActions).toEqual([]);
  for (const { AlarmName, AlarmRule } of alarms.filter(({ AlarmRule }) => AlarmRule !== undefined)) {
    const chapter = AlarmName.replace('narae-prod-', '');
    const [long, short] = chapter === 'budget-burns-fast' ? ['1h', '5m'] : ['6h', '30m'];
    expect(AlarmRule).toBe(
      ['requests', 'runs', 'starts']
        .map((of) => `narae-prod-${of}-objective`)
        .map((name) => `(ALARM("${name}-${long}") AND ALARM("${name}-${short}"))`)
        .join(' OR '),
    );
    for (const part of parts.filter(({ AlarmName: name }) => AlarmRule?.includes(`"${name}"`)))
      expect(chapterOf(part.AlarmDescription)).toBe(chapter);
  }
  expect(alarmsOf('dev').filter(isPart)).toEqual([]);
});

test('what alarms cost at rest is what docs/cost.md says', () => {
  const alarms = alarmsOf('prod');
  const composite = alarms.filter(({ AlarmRule }) => AlarmRule !== undefined).length;
  const metrics = alarms
    .filter(({ AlarmRule }) => AlarmRule === undefined)
    .reduce(
      (sum, { Metrics }) => sum + Math.max(1, Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length),
      0,
    );
  const cost = readFileSync(path.join(repository, 'docs/cost.md'), 'utf8');
  const usd = (metrics * 0.1 + composite * 0.5).toFixed(2);
  expect(cost).toContain(
    `${metrics} metrics in ${alarms.length - composite} alarms, and ${composite} alarms over others`,
  );
  expect(cost).toMatch(new RegExp(`^\\| Alarms of \`prod\`.*\\| ${usd} \\|$`, 'm'));
});

test('saved queries ask the logs of all our functions, and each is described', () => {
  const { ops } = namedStage('prod');
  if (!ops) throw new Error('no ops stack');
  const Query = z.object({ Name: z.string(), QueryString: z.string(), LogGroupNames: z.array(z.string()) });
  const queries = [...resources(ops, 'AWS::Logs::QueryDefinition').values()].map(({ Properties }) =>
    Query.parse(Properties),
  );
  const operations = readFileSync(path.join(repository, 'docs/operations.md'), 'utf8');
  expect(queries.map(({ Name }) => Name).sort()).toEqual(SAVED_QUERIES.map(({ name }) => `narae/prod/${name}`).sort());
  for (const { name } of SAVED_QUERIES) expect(operations).toContain(`| \`${name}\` |`);
  const groups = namedStage('prod')
    .ownFunctions.map(({ name }) => `/narae/prod/${name}`)
    .sort();
  for (const { LogGroupNames } of queries) expect(LogGroupNames).toEqual(groups);
});

test('what functions of a service count is looked at by service and stage', () => {
  const { ops } = namedStage('prod');
  if (!ops) throw new Error('no ops stack');
  const found = [...resources(ops, 'AWS::CloudWatch::Alarm').values()].find(
    ({ Properties }) => Properties['AlarmName'] === 'narae-prod-decisions-failing',
  );
  expect(found?.Properties).toMatchObject({
    Namespace: 'Narae',
    MetricName: 'DecisionFaults',
    Statistic: 'Sum',
    Period: 300,
    Threshold: 0,
    Dimensions: [
      { Name: 'service', Value: 'decisions' },
      { Name: 'stage', Value: 'prod' },
    ],
  });
});

test('a reaper that says nothing is an alarm; silence of anything else is not', () => {
  for (const { AlarmName, TreatMissingData } of alarmsOf('prod').filter(({ AlarmRule }) => AlarmRule === undefined))
    expect([AlarmName, TreatMissingData]).toEqual([
      AlarmName,
      AlarmName.endsWith('reaper-silent') ? 'breaching' : 'notBreaching',
    ]);
});

test('where successes are sampled, alarms look at counts that make up for it', () => {
  const metricsOf = (stage: string) =>
    alarmsOf(stage)
      .filter(({ AlarmName }) => AlarmName.endsWith('-platform-errors'))
      .flatMap(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []));
  expect(metricsOf('prod').sort()).toEqual(['RunDuration', 'RunsPlatformError']);
  expect([...new Set(metricsOf('closed'))].sort()).toEqual([
    'RunsCancelled',
    'RunsCompleted',
    'RunsFailed',
    'RunsPlatformError',
  ]);
});

test('alarms notify the topic of the stage, where it has one', () => {
  for (const { AlarmActions } of alarmsOf('dev')) expect(AlarmActions).toEqual([]);
  for (const { AlarmName, AlarmActions } of alarmsOf('closed').filter(({ AlarmName }) => !isOfEdge(AlarmName)))
    expect([AlarmName, AlarmActions]).toEqual([AlarmName, [CLOSED.alarmTopicArn]]);
});

test('alarms of the edge are in us-east-1, and notify a topic there', () => {
  const { edge } = namedStage('closed');
  if (!edge) throw new Error('no edge');
  expect(edge.region).toBe('us-east-1');
  const found = [...resources(edge, 'AWS::CloudWatch::Alarm').values()].map(({ Properties }) =>
    Alarm.parse(Properties),
  );
  expect(found.map(({ AlarmName }) => isOfEdge(AlarmName))).toEqual([true, true]);
  for (const { AlarmActions } of found) expect(AlarmActions).toEqual([CLOSED.edge.alarmTopicArn]);
});

test('alarms write to the address of the stage, where it has one', () => {
  const { ops } = namedStage('prod');
  if (!ops) throw new Error('no ops stack');
  const [topic, ...others] = resources(ops, 'AWS::SNS::Topic').keys();
  expect(others).toEqual([]);
  for (const { AlarmActions } of alarmsOf('prod').filter((alarm) => !isPart(alarm) && !isOfEdge(alarm.AlarmName)))
    expect(AlarmActions).toEqual([{ Ref: topic }]);
  expect(resource(ops, 'AWS::SNS::Subscription').Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'ops@example.com',
    TopicArn: { Ref: topic },
  });
});

test('the same people are told before the month costs more than it should', () => {
  const { ops } = namedStage('prod with a budget');
  if (!ops) throw new Error('no ops stack');
  const { Properties } = resource(ops, 'AWS::Budgets::Budget');
  expect(Properties['Budget']).toEqual({
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: 70, Unit: 'USD' },
  });
  const subscribers = [
    { SubscriptionType: 'EMAIL', Address: 'ops@example.com' },
    { SubscriptionType: 'SNS', Address: CLOSED.alarmTopicArn },
  ];
  expect(Properties['NotificationsWithSubscribers']).toMatchObject([
    { Notification: { NotificationType: 'ACTUAL', Threshold: 80 }, Subscribers: subscribers },
    { Notification: { NotificationType: 'FORECASTED', Threshold: 100 }, Subscribers: subscribers },
  ]);
  expect(resources(namedStage('dev').ops ?? ops, 'AWS::Budgets::Budget').size).toBe(0);
});

test('one dashboard shows them all', () => {
  const { ops } = namedStage('prod');
  if (!ops) throw new Error('no ops stack');
  const [dashboard, ...others] = [...resources(ops, 'AWS::CloudWatch::Dashboard').values()];
  expect(others).toEqual([]);
  const body = JSON.stringify(dashboard?.Properties);
  for (const [id, { Properties }] of resources(ops, 'AWS::CloudWatch::Alarm'))
    expect([id, body.includes(`"${id}"`)]).toEqual([id, !isPart(Alarm.parse(Properties))]);
  for (const id of resources(ops, 'AWS::CloudWatch::CompositeAlarm').keys()) expect(body).toContain(`"${id}"`);
});
