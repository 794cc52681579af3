import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';

interface TableProps {
  readonly config: StageConfig;
  readonly key: IKey;
}

/** Sparse: holds the runs that have not ended, for the reaper (docs/architecture.md, "Tables"). */
export const OPEN_INDEX = 'open';

/** Sparse: hold runs that are over, for rooms that list them by their end (docs/architecture.md, "Tables"). */
export const ENDED_BY_ROOM = 'endedByRoom';
export const ENDED_BY_OWNER = 'endedByOwner';

/**
 * All sparse, so that they cost nothing while no run has their keys. They are here from the first deployment on: an
 * update of a table may add one index at a time.
 */
const INDEXES = [
  [OPEN_INDEX, 'openShard', 'sk'],
  [ENDED_BY_ROOM, 'endedRoom', 'endedSort'],
  [ENDED_BY_OWNER, 'endedOwner', 'endedSort'],
] as const;

export function runsTable(scope: Construct, props: TableProps): Table {
  const table = makeTable(scope, 'Runs', props);
  for (const [indexName, partition, sort] of INDEXES)
    table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: partition, type: AttributeType.STRING },
      sortKey: { name: sort, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  return table;
}

export const entitiesTable = (scope: Construct, props: TableProps): Table => makeTable(scope, 'Entities', props);

function makeTable(scope: Construct, id: string, { config, key }: TableProps): Table {
  return new Table(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: config.retainData,
    removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
