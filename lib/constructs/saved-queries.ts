import { LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { logGroupPrefix } from './stage-log-group';

interface SavedQuery {
  /** Last part of its name, and its heading in docs/operations.md. */
  readonly name: string;
  readonly query: ConstructorParameters<typeof QueryString>[0];
}

const ENDED = "message = 'run ended'";

/** What operators ask of the logs, by the line of a run and by the line of a fault (docs/operations.md#saved-queries). */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: 'run-by-id',
    query: {
      fields: [
        '@timestamp',
        'level',
        'message',
        'outcome',
        'errorType',
        'fault',
        'cause.name',
        'cause.message',
        'cause.cause.name',
        'cause.cause.message',
        '@log',
      ],
      filterStatements: ["runId = 'inv-...'"],
      sort: '@timestamp asc',
      limit: 100,
    },
  },
  {
    name: 'failures-by-function',
    query: {
      filterStatements: [ENDED, "outcome in ['failed', 'platform-error']"],
      statsStatements: [
        'count(*) as failures, latest(runId) as lastRun by service, workspace, owner, errorType, fault',
      ],
      sort: 'failures desc',
      limit: 50,
    },
  },
  {
    name: 'slowest-runs',
    query: {
      fields: ['RunDuration', 'RunQueueTime', 'startMs', 'coldStart', 'service', 'owner', 'runId', 'outcome'],
      filterStatements: [ENDED],
      sort: 'RunDuration desc',
      limit: 50,
    },
  },
  {
    name: 'cold-starts',
    query: {
      filterStatements: [ENDED],
      statsStatements: [
        'sum(RunColdStarts) as cold, count(*) as runs, pct(startMs, 95) as startMs95 by service, runtime, memoryMb',
      ],
      sort: 'cold desc',
      limit: 50,
    },
  },
  {
    name: 'throttled',
    query: {
      filterStatements: ["message in ['SandboxThrottled', 'SandboxRefused', 'WorkerRefused', 'RunReturned']"],
      statsStatements: ['count(*) as times by bin(5m), message'],
      sort: 'times desc',
      limit: 100,
    },
  },
  {
    name: 'failed-requests',
    query: {
      fields: ['@timestamp', 'service', 'route', 'status', 'errorCode', 'requestId', 'workspace', 'Latency', 'visitor'],
      filterStatements: ['ServerErrors = 1'],
      sort: '@timestamp desc',
      limit: 100,
    },
  },
];

export interface SavedQueriesProps {
  readonly config: StageConfig;
  /** Last parts of the names of our functions, whose logs are asked. */
  readonly functions: readonly string[];
}

/** Logs Insights queries of the stage, below `narae/<stage>/` in the console. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { config, functions }: SavedQueriesProps) {
    super(scope, id);
    const { stage } = config;
    // By name: an import would keep a function from being taken away.
    const logGroups = functions.map((name) =>
      LogGroup.fromLogGroupName(this, `Log-${name}`, logGroupPrefix(stage) + name),
    );
    for (const { name, query } of SAVED_QUERIES)
      new QueryDefinition(this, name, {
        queryDefinitionName: `narae/${stage}/${name}`,
        queryString: new QueryString(query),
        logGroups,
      });
  }
}
