import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

/** Percent of the month's limit. */
const SPENT = 80;
const EXPECTED = 100;

/**
 * Tells those whom alarms notify when the account's costs of a month come near a limit: spent, and expected. All costs of
 * the account, because costs by tag are known only where somebody has activated the tag in Billing.
 */
export class StageBudget extends Construct {
  constructor(scope: Construct, id: string, props: { readonly config: StageConfig; readonly limitUsd: number }) {
    super(scope, id);
    const { alarmEmail, alarmTopicArn } = props.config;
    const subscribers = [
      ...(alarmEmail === undefined ? [] : [{ subscriptionType: 'EMAIL', address: alarmEmail }]),
      ...(alarmTopicArn === undefined ? [] : [{ subscriptionType: 'SNS', address: alarmTopicArn }]),
    ];
    const notice = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers,
    });
    // Without a name of ours: other subscribers take a new budget, which could not bear the name of the one before.
    new CfnBudget(this, 'Budget', {
      budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: props.limitUsd, unit: 'USD' } },
      notificationsWithSubscribers: [notice('ACTUAL', SPENT), notice('FORECASTED', EXPECTED)],
    });
  }
}
