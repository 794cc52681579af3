import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SAVED_QUERIES } from '../../lib/constructs/saved-queries';
import { CLOSED, namedStage, repository, resource, resources } from './stage';

const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()).default([]),
  TreatMissingData: z.string(),
});

function alarmsOf(stage: string) {
  const { ops } = namedStage(stage);
  if (!ops) throw new Error('no ops stack');
  return [...resources(ops, 'AWS::CloudWatch::Alarm').values()].map(({ Properties }) => Alarm.parse(Properties));
}

const runbook = readFileSync(path.join(repository, 'docs/runbook.md'), 'utf8');
const chapters = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replace(/ /g, '-'));

test('every alarm says what it means and leads to a chapter of the runbook that is there', () => {
  const alarms = alarmsOf('prod');
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    'narae-prod-api-server-errors',
    'narae-prod-background-errors',
    'narae-prod-cleaning-given-up',
    'narae-prod-decisions-failing',
    'narae-prod-decisions-not-compiled',
    'narae-prod-functions-throttled',
    'narae-prod-meetings-not-generated',
    'narae-prod-reaper-errors',
    'narae-prod-reaper-silent',
    'narae-prod-runner-errors',
    'narae-prod-runs-not-executed',
    'narae-prod-stream-errors',
  ]);
  for (const { AlarmName, AlarmDescription } of alarms) {
    const anchor = /docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1];
    expect(AlarmName).toBe(`narae-prod-${anchor}`);
    expect(chapters).toContain(anchor);
  }
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
  for (const { AlarmName, TreatMissingData } of alarmsOf('prod'))
    expect([AlarmName, TreatMissingData]).toEqual([
      AlarmName,
      AlarmName.endsWith('reaper-silent') ? 'breaching' : 'notBreaching',
    ]);
});

test('alarms notify the topic of the stage, where it has one', () => {
  for (const { AlarmActions } of alarmsOf('dev')) expect(AlarmActions).toEqual([]);
  for (const { AlarmActions } of alarmsOf('closed')) expect(AlarmActions).toEqual([CLOSED.alarmTopicArn]);
});

test('alarms write to the address of the stage, where it has one', () => {
  const { ops } = namedStage('prod');
  if (!ops) throw new Error('no ops stack');
  const [topic, ...others] = resources(ops, 'AWS::SNS::Topic').keys();
  expect(others).toEqual([]);
  for (const { AlarmActions } of alarmsOf('prod')) expect(AlarmActions).toEqual([{ Ref: topic }]);
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
  for (const id of resources(ops, 'AWS::CloudWatch::Alarm').keys()) expect(body).toContain(`"${id}"`);
});
