import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LoggingFormat, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';

/** Log groups are named after stage and part, so that the key's policy can name them without knowing them. */
export const logGroupPrefix = (stage: string): string => `/narae/${stage}/`;

/** API Gateway grants itself access to groups of this prefix without filling the account's log policies. */
export const VENDED_LOG_PREFIX = '/aws/vendedlogs/narae/';

export interface StageLogGroupProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly name: string;
  /** true: written by an AWS service on our behalf, not by a function. */
  readonly vended?: boolean;
}

/** A log group of the stage: encrypted with the stage's key, kept as long as the stage says; it outlives its stack where the stage's data do. */
export class StageLogGroup extends LogGroup {
  constructor(scope: Construct, id: string, props: StageLogGroupProps) {
    const { stage } = props.config;
    const prefix = props.vended === true ? `${VENDED_LOG_PREFIX}${stage}/` : logGroupPrefix(stage);
    super(scope, id, {
      logGroupName: prefix + props.name,
      retention: props.config.logRetentionDays,
      encryptionKey: props.key,
      // Its name is fixed: a stack that finds a group left behind takes it over with `--import-existing-resources`. One that
      // a failed deployment made goes with it.
      removalPolicy: props.config.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
  }
}

/**
 * How functions log: of Lambda's own lines only those about failures. Its two lines for each invoke that went well would
 * be most of a log and $1.50 for a million runs; what they say is in the metrics.
 */
export const QUIET_LOGS = { loggingFormat: LoggingFormat.JSON, systemLogLevelV2: SystemLogLevel.WARN } as const;
