import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ENGINE_PREFIXES, type ServiceManifest } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import { acknowledge } from '../constructs/acknowledge';
import { accessLogBucket, blobBucket } from '../constructs/buckets';
import { imageRepository } from '../constructs/image-repository';
import { stageKey } from '../constructs/stage-key';
import { entitiesTable, runsTable } from '../constructs/tables';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
  readonly services: readonly ServiceManifest[];
}

/** CloudFront, its firewall, its certificate and its logs belong to this region, wherever the stage is. */
export const EDGE_REGION = 'us-east-1';

/** By name, because the edge's region knows the secret's replica by it, and by another ARN. */
export const originSecretName = (stage: string): string => `narae/${stage}/origin`;

/** What a stage keeps: tables, bucket, key, secrets. */
export class DataStack extends Stack {
  readonly key: Key;
  readonly runs: Table;
  readonly entities: Table;
  readonly bucket: Bucket;
  /** All prefixes of the bucket that functions may be allowed. */
  readonly storedPrefixes: readonly string[];
  readonly accessLogs: Bucket;
  /** What builds publish. */
  readonly images: Repository;
  /** Signs stream tickets. */
  readonly ticketSecret: Secret;
  /** What the edge adds to every request; absent where there is no edge. */
  readonly originSecret: Secret | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { config } = props;
    const storedPrefixes = props.services.flatMap((service) => service.storedPrefixes ?? []);
    this.storedPrefixes = [...ENGINE_PREFIXES, ...storedPrefixes.map(({ prefix }) => prefix)];
    this.key = stageKey(this, config);
    this.runs = runsTable(this, { config, key: this.key });
    this.entities = entitiesTable(this, { config, key: this.key });
    this.accessLogs = accessLogBucket(this, config);
    this.bucket = blobBucket(this, { config, key: this.key, accessLogs: this.accessLogs, storedPrefixes });
    this.images = imageRepository(this, config, this.key);
    this.ticketSecret = this.#secret('TicketSecret', config, { description: 'Signs the tickets of stream addresses' });
    this.originSecret = config.edge.enabled
      ? this.#secret('OriginSecret', config, {
          description: 'Proves to the functions that a request came through the edge',
          secretName: originSecretName(config.stage),
          // The edge reads it in its own region.
          replicaRegions: config.region === EDGE_REGION ? [] : [{ region: EDGE_REGION }],
        })
      : undefined;

    this.#pinExports();
    new CfnOutput(this, 'RunsTableName', { value: this.runs.tableName });
    new CfnOutput(this, 'EntitiesTableName', { value: this.entities.tableName });
    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName });
    new CfnOutput(this, 'ImagesUri', { value: this.images.repositoryUri });
    new CfnOutput(this, 'DataKeyId', { value: this.key.keyId });
    new CfnOutput(this, 'TicketSecretId', { value: this.ticketSecret.secretArn });
  }

  /**
   * Exports what other stacks import, also while none does: an export that goes when its last user goes can deadlock the
   * two deployments.
   */
  #pinExports(): void {
    const { key, runs, entities, bucket, images, ticketSecret, originSecret } = this;
    const values = [key.keyArn, key.keyId, runs.tableArn, runs.tableName, entities.tableArn, entities.tableName];
    values.push(bucket.bucketArn, bucket.bucketName, ticketSecret.secretArn);
    values.push(images.repositoryArn, images.repositoryName);
    if (originSecret) values.push(originSecret.secretArn);
    for (const value of values) this.exportValue(value);
  }

  #secret(id: string, { retainData }: StageConfig, props: SecretProps): Secret {
    const secret = new Secret(this, id, {
      ...props,
      encryptionKey: this.key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Nobody types or stores this value: it is made here and read by the functions only. docs/runbook.md says how to change it.',
    );
    return secret;
  }
}
