import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { StageAlarms } from '../constructs/stage-alarms';
import { StageBudget } from '../constructs/stage-budget';
import { StageDashboard } from '../constructs/stage-dashboard';
import type { ApiStack } from './api';
import type { EngineStack } from './engine';
import type { FunctionsStack } from './functions';

export interface OpsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly engine: EngineStack;
  readonly functions: FunctionsStack;
  readonly api: ApiStack;
  /** Functions that work for rooms, unseen by callers. */
  readonly background: readonly IFunction[];
}

/** What wakes somebody, and where they look first. */
export class OpsStack extends Stack {
  constructor(scope: Construct, id: string, props: OpsStackProps) {
    super(scope, id, props);
    const { alarms } = new StageAlarms(this, 'Alarms', props);
    new StageDashboard(this, 'Dashboard', { ...props, alarms });
    const { config } = props;
    if (config.monthlyBudgetUsd !== undefined)
      new StageBudget(this, 'Budget', { config, limitUsd: config.monthlyBudgetUsd });
  }
}
