import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import type { EngineStack } from '../stacks/engine';
import { accountAlarms } from './account-alarms';
import { alarmActions } from './alarm-topics';
import { engineAlarms } from './engine-alarms';
import { frontAlarms } from './front-alarms';
import { ObjectiveAlarms } from './objective-alarms';
import { backgroundAlarm, serviceAlarms, type ServicesInOperation } from './service-alarms';
import { stageAlarm } from './stage-alarm';

export interface StageAlarmsProps extends ServicesInOperation {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
}

/** The stage's alarms. Each names its chapter of the runbook; a dollar a year and metric, so only what asks for somebody. */
export class StageAlarms extends Construct {
  /** Those that tell somebody. */
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, props: StageAlarmsProps) {
    super(scope, id);
    const { config, data, engine, api } = props;
    const actions = alarmActions(this, { topicArn: config.alarmTopicArn, email: config.alarmEmail });
    const specs = [
      ...engineAlarms(engine, config),
      ...frontAlarms(engine, api, config),
      ...accountAlarms(data),
      ...backgroundAlarm(props),
      ...serviceAlarms(props),
    ];
    const { objectives } = config;
    const onObjectives =
      objectives === undefined
        ? []
        : new ObjectiveAlarms(this, 'Objectives', { config, objectives, api, actions }).alarms;
    this.alarms = [...onObjectives, ...specs.map((spec) => stageAlarm(this, config.stage, spec, { actions }))];
  }
}
