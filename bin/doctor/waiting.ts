import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { functionsWithDeadLetters } from '../../lambdas/platform/manifest';
import { SERVICES } from '../../lambdas/services';
import { queueOf } from '../replay/queue';
import { runbook, type Finding } from './finding';

/** What waits for somebody: dead letters of each function that keeps some. */
export async function deadLetters(lambda: LambdaClient, sqs: SQSClient, stage: string): Promise<Finding> {
  const functions = ['runner', 'reaper', ...functionsWithDeadLetters(SERVICES)];
  const counted = await Promise.all(
    functions.map(async (name) => {
      const queue = await queueOf(`narae-${stage}-${name}`, lambda, sqs);
      const waiting = (await queue?.waiting()) ?? 0;
      return waiting > 0 ? [`${waiting} of ${name}`] : [];
    }),
  );
  const found = counted.flat();
  if (found.length === 0) return { what: 'dead letters', state: 'ok', detail: 'none' };
  return { what: 'dead letters', state: 'wrong', detail: found.join(', '), next: runbook('send-dead-letters-again') };
}

/** Alarms of a stage in an account that ring now; a laptop has none. */
export async function alarms(client: CloudWatchClient, stage: string): Promise<Finding[]> {
  const prefix = `narae-${stage}-`;
  const ringing: Finding[] = [];
  const pages = paginateDescribeAlarms(
    { client },
    { AlarmNamePrefix: prefix, StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
    for (const { AlarmName = '', StateReason = '' } of [...MetricAlarms, ...CompositeAlarms])
      ringing.push({
        what: `alarm ${AlarmName}`,
        state: 'wrong',
        detail: StateReason,
        next: runbook(AlarmName.slice(prefix.length)),
      });
  return ringing.length > 0 ? ringing : [{ what: 'alarms', state: 'ok', detail: 'none rings' }];
}
