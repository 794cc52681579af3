import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { EDGE_REGION } from '../stacks/data';
import { FIVE_MINUTES, TWICE, type AlarmSpec } from './alarm-spec';
import { alarmActions } from './alarm-topics';
import { firewallMetric } from './firewall';
import { stageAlarm } from './stage-alarm';

/** What only the edge sees. Its metrics are in us-east-1 alone, and an alarm looks at its own region. */
export class EdgeAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { config, of }: { readonly config: StageConfig; readonly of: Distribution },
  ) {
    super(scope, id);
    const { stage, region, alarmTopicArn, alarmEmail, edge } = config;
    const near = region === EDGE_REGION ? alarmTopicArn : undefined;
    const actions = alarmActions(this, { topicArn: edge.alarmTopicArn ?? near, email: alarmEmail });
    const specs = [edgeErrors(of), ...(edge.waf ? [firewallBlocks(stage)] : [])];
    for (const spec of specs) stageAlarm(this, stage, spec, { actions });
  }
}

const edgeErrors = ({ distributionId }: Distribution): AlarmSpec => {
  const ofEdge = (metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/CloudFront',
      metricName,
      dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
      statistic,
      period: FIVE_MINUTES,
    });
  return {
    name: 'edge-errors',
    meaning: 'More than one request in fifty is answered 5xx at the edge, streams among them.',
    metric: new MathExpression({
      label: '5xx at the edge, percent',
      expression: 'IF(requests >= 50, rate, 0)',
      usingMetrics: { rate: ofEdge('5xxErrorRate', 'Average'), requests: ofEdge('Requests', 'Sum') },
      period: FIVE_MINUTES,
    }),
    above: 2,
    periods: TWICE,
  };
};

const firewallBlocks = (stage: string): AlarmSpec => ({
  name: 'firewall-blocks',
  meaning: 'The firewall refuses more than a thousand requests in five minutes.',
  metric: new Metric({
    namespace: 'AWS/WAFV2',
    metricName: 'BlockedRequests',
    dimensionsMap: { WebACL: firewallMetric(stage), Rule: 'ALL' },
    statistic: 'Sum',
    period: FIVE_MINUTES,
  }),
  above: 1_000,
  periods: TWICE,
});
