import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { ServicesInOperation } from '../constructs/service-alarms';
import { SavedQueries } from '../constructs/saved-queries';
import { StageAlarms } from '../constructs/stage-alarms';
import { StageBudget } from '../constructs/stage-budget';
import { StageDashboard } from '../constructs/stage-dashboard';
import type { DataStack } from './data';
import type { EngineStack } from './engine';

export interface OpsStackProps extends StackProps, ServicesInOperation {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
  /** Last parts of the names of our functions. */
  readonly functions: readonly string[];
}

/** What wakes somebody, and where they look first. */
export class OpsStack extends Stack {
  constructor(scope: Construct, id: string, props: OpsStackProps) {
    super(scope, id, props);
    const { alarms } = new StageAlarms(this, 'Alarms', props);
    new StageDashboard(this, 'Dashboard', { ...props, alarms });
    const { config } = props;
    new SavedQueries(this, 'Queries', props);
    if (config.monthlyBudgetUsd !== undefined)
      new StageBudget(this, 'Budget', { config, limitUsd: config.monthlyBudgetUsd });
  }
}
