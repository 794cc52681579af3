import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';

/** Below the 20,000 images that a repository may hold. */
const IMAGES_KEPT = 10_000;
/** Since its tag was moved to something else: what is deployed keeps a tag (docs/builds.md#registry). */
const UNTAGGED_DAYS = 90;

/** Where builds publish what they made. Tags move: what is deployed stays on its digest. */
export function imageRepository(scope: Construct, config: StageConfig, key: IKey): Repository {
  return new Repository(scope, 'Images', {
    imageScanOnPush: true,
    encryption: RepositoryEncryption.KMS,
    encryptionKey: key,
    lifecycleRules: [
      {
        description: 'Images that no tag means any more',
        tagStatus: TagStatus.UNTAGGED,
        maxImageAge: Duration.days(UNTAGGED_DAYS),
      },
      { description: 'The oldest of too many', tagStatus: TagStatus.ANY, maxImageCount: IMAGES_KEPT },
    ],
    ...(config.retainData
      ? { removalPolicy: RemovalPolicy.RETAIN }
      : { removalPolicy: RemovalPolicy.DESTROY, emptyOnDelete: true }),
  });
}
