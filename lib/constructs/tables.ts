import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { RunIndexName } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';

interface TableProps {
  readonly config: StageConfig;
  readonly key: IKey;
}

/**
 * All sparse, so that they cost nothing while no run has their keys. They are here from the first deployment on: an
 * update of a table may add one index at a time (docs/architecture.md, "Tables").
 */
const INDEXES: Readonly<Record<RunIndexName, { readonly partition: string; readonly sort: string }>> = {
  // The runs that have not ended, for the reaper.
  open: { partition: 'openShard', sort: 'sk' },
  // Runs that are over, for services that list them by their end.
  endedByRoom: { partition: 'endedRoom', sort: 'endedSort' },
  endedByOwner: { partition: 'endedOwner', sort: 'endedSort' },
};

export function runsTable(scope: Construct, props: TableProps): Table {
  const table = makeTable(scope, 'Runs', props);
  for (const [indexName, { partition, sort }] of Object.entries(INDEXES))
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
