import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LIMITS } from '../../lambdas/engine/run/limits';
import type { StoredPrefix } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import { acknowledge } from './acknowledge';
import { asBucket } from './interfaces';

/** A day longer than the records that point at them (docs/contracts/invocations.md#limits). */
const RUN_OBJECT_DAYS = LIMITS.retentionDays + 1;
/** Since the code was last put, which is done again at least daily while it is used. */
const CODE_DAYS = 90;
/** Versions of source code that are not the newest: as far back as the tables can be restored. */
const SOURCE_VERSION_DAYS = 35;

const removal = ({ retainData }: StageConfig) => (retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);

/** Access logs of the bucket. */
export function accessLogBucket(scope: Construct, config: StageConfig): Bucket {
  const bucket = new Bucket(scope, 'AccessLogs', {
    // S3 delivers access logs to buckets with its own keys only.
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [
      { expiration: Duration.days(config.logRetentionDays), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: removal(config),
  });
  acknowledge(bucket, 'AwsSolutions-S1', 'It is where access logs go; logging its own would never end.');
  return bucket;
}

/** Code, payloads, results, cancel signals, and what services keep. */
export function blobBucket(
  scope: Construct,
  props: {
    readonly config: StageConfig;
    readonly key: IKey;
    readonly accessLogs: Bucket;
    /** Those of services, beside the engine's. */
    readonly storedPrefixes: readonly StoredPrefix[];
  },
): Bucket {
  return new Bucket(scope, 'Blobs', {
    encryption: BucketEncryption.KMS,
    encryptionKey: props.key,
    bucketKeyEnabled: true,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // For source code, which nothing else brings back. Of the rest a version lives one day after its object.
    versioned: props.config.retainData,
    serverAccessLogsBucket: asBucket(props.accessLogs),
    serverAccessLogsPrefix: 'blobs/',
    lifecycleRules: [
      ...['payloads/', 'results/', 'cancel/'].map((prefix) => ({
        prefix,
        expiration: Duration.days(RUN_OBJECT_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
      })),
      { prefix: 'code/', expiration: Duration.days(CODE_DAYS), noncurrentVersionExpiration: Duration.days(1) },
      { prefix: 'libraries/', noncurrentVersionExpiration: Duration.days(1) },
      { prefix: 'sources/', noncurrentVersionExpiration: Duration.days(SOURCE_VERSION_DAYS) },
      ...props.storedPrefixes.map(({ prefix, days, versionDays }) => ({
        prefix: `${prefix}/`,
        ...(days !== undefined && { expiration: Duration.days(days) }),
        noncurrentVersionExpiration: Duration.days(versionDays),
      })),
      { expiredObjectDeleteMarker: true },
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: removal(props.config),
  });
}
