import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { spending, type Spending } from './dashboard-cost';
import { engineAtWork, type EngineInOperation } from './dashboard-engine';
import { rowsOf, WHOLE_WIDTH } from './dashboard-graph';
import { serviceLevel } from './dashboard-service-level';

export interface StageDashboardProps extends EngineInOperation, Spending {
  readonly alarms: readonly IAlarm[];
}

/** One page: alarms, what callers notice, the way of a run, what it costs. */
export class StageDashboard extends Construct {
  constructor(scope: Construct, id: string, props: StageDashboardProps) {
    super(scope, id);
    const { config, api, alarms } = props;
    const parts = [serviceLevel(config, api), engineAtWork(config.stage, props), spending(props)];
    new Dashboard(this, 'Dashboard', {
      dashboardName: `narae-${config.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WHOLE_WIDTH, height: 3 })],
        ...parts.flatMap(rowsOf),
      ],
    });
  }
}
