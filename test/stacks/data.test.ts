import * as z from 'zod';
import { ENDED_BY_OWNER, ENDED_BY_ROOM, OPEN_INDEX } from '../../lambdas/engine/run/run-keys';
import { everywhere, namedStage, resource, resources, STAGES, type Stage, type SynthesizedStack } from './stage';

const Lifecycle = z.object({ LifecyclePolicyText: z.string() });

const keyOf = ({ data }: Stage): string => [...resources(data, 'AWS::KMS::Key').keys()].join();

describe.each(Object.keys(STAGES))('stage %s', (name) => {
  const stage = namedStage(name);
  const { data, engine } = stage;
  const kept = name === 'prod';
  const byKey = expect.stringContaining(keyOf(stage)) as unknown;

  test.each(['Runs', 'Entities'])('table %s', (id) => {
    const table = resource(data, 'AWS::DynamoDB::Table', id);
    expect(table.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: kept,
    });
    expect(JSON.stringify(table.Properties['SSESpecification'])).toEqual(byKey);
    expect(table.DeletionPolicy).toBe(kept ? 'Retain' : 'Delete');
  });

  test('runs are found by indexes of keys only, as the engine names them', () => {
    const index = (name: string, partition: string, sort: string) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(resource(data, 'AWS::DynamoDB::Table', 'Runs').Properties['GlobalSecondaryIndexes']).toEqual([
      index(OPEN_INDEX, 'openShard', 'sk'),
      index(ENDED_BY_ROOM, 'endedRoom', 'endedSort'),
      index(ENDED_BY_OWNER, 'endedOwner', 'endedSort'),
    ]);
    expect(resource(data, 'AWS::DynamoDB::Table', 'Entities').Properties).not.toHaveProperty('GlobalSecondaryIndexes');
  });

  test('images are scanned when they are pushed, encrypted with the key, and not kept without end', () => {
    const images = resource(data, 'AWS::ECR::Repository', 'Images');
    expect(images.Properties).toMatchObject({
      ImageScanningConfiguration: { ScanOnPush: true },
      EncryptionConfiguration: { EncryptionType: 'KMS' },
    });
    expect(images.Properties).not.toHaveProperty('ImageTagMutability', 'IMMUTABLE');
    expect(JSON.stringify(images.Properties['EncryptionConfiguration'])).toEqual(byKey);
    const policy = Lifecycle.parse(images.Properties['LifecyclePolicy']).LifecyclePolicyText;
    expect(JSON.parse(policy)).toMatchObject({
      rules: [
        { selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 90, countUnit: 'days' } },
        { selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10_000 } },
      ],
    });
    expect(images.DeletionPolicy).toBe(kept ? 'Retain' : 'Delete');
  });

  test('the bucket is encrypted with the key, logged and private', () => {
    const bucket = resource(data, 'AWS::S3::Bucket', 'Blobs');
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      LoggingConfiguration: { LogFilePrefix: 'blobs/' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(JSON.stringify(bucket.Properties['BucketEncryption'])).toEqual(byKey);
    expect(bucket.DeletionPolicy).toBe(kept ? 'Retain' : 'Delete');
  });

  test('what a run left behind goes a day after its record, code and builds after 90 days', () => {
    const Lifecycle = z.object({
      Rules: z.array(z.looseObject({ Prefix: z.string().optional(), ExpirationInDays: z.number().optional() })),
    });
    const { Rules } = Lifecycle.parse(resource(data, 'AWS::S3::Bucket', 'Blobs').Properties['LifecycleConfiguration']);
    const expiring = Rules.flatMap(({ Prefix, ExpirationInDays: days }) =>
      days === undefined ? [] : [[Prefix, days]],
    );
    expect(expiring).toEqual([
      ['payloads/', 31],
      ['results/', 31],
      ['cancel/', 31],
      ['code/', 90],
      ['build-sources/', 90],
      ['build-artifacts/', 90],
    ]);
    expect(JSON.stringify(Rules)).toContain('AbortIncompleteMultipartUpload');
  });

  test('where data are kept, source code keeps its versions as long as tables can be restored, the rest for a day', () => {
    const { Properties } = resource(data, 'AWS::S3::Bucket', 'Blobs');
    expect(Properties['VersioningConfiguration']).toEqual(kept ? { Status: 'Enabled' } : undefined);
    const Lifecycle = z.object({
      Rules: z.array(
        z.looseObject({
          Prefix: z.string().optional(),
          NoncurrentVersionExpiration: z.object({ NoncurrentDays: z.number() }).optional(),
          ExpiredObjectDeleteMarker: z.boolean().optional(),
        }),
      ),
    });
    const { Rules } = Lifecycle.parse(Properties['LifecycleConfiguration']);
    const days = Rules.map(({ Prefix, NoncurrentVersionExpiration: old }) => [Prefix, old?.NoncurrentDays] as const);
    expect(Object.fromEntries(days.filter(([, old]) => old !== undefined))).toEqual({
      'payloads/': 1,
      'results/': 1,
      'cancel/': 1,
      'code/': 1,
      'libraries/': 1,
      'sources/': 35,
      'build-sources/': 7,
      'build-artifacts/': 7,
    });
    expect(Rules.some(({ ExpiredObjectDeleteMarker }) => ExpiredObjectDeleteMarker === true)).toBe(true);
  });

  test('logs and secrets outlive their stack where data do', () => {
    const policies = (type: string) => new Set(everywhere(stage, type).map(([, { DeletionPolicy }]) => DeletionPolicy));
    for (const type of ['AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret'])
      expect([type, ...policies(type)]).toEqual([type, kept ? 'RetainExceptOnCreate' : 'Delete']);
  });

  test('no bucket is public, and each is reached by TLS only', () => {
    const buckets = everywhere(stage, 'AWS::S3::Bucket');
    const policies = everywhere(stage, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties);
    expect(buckets.length).toBeGreaterThanOrEqual(2);
    for (const [id, { Properties }] of buckets) {
      expect(Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const policy = policies.find(({ Bucket }) => JSON.stringify(Bucket) === JSON.stringify({ Ref: id }));
      expect(JSON.stringify(policy)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
    }
  });

  test('the key is rotated, and serves log groups of this stage only', () => {
    const { Properties, DeletionPolicy } = resource(data, 'AWS::KMS::Key');
    expect(Properties['EnableKeyRotation']).toBe(true);
    expect(DeletionPolicy).toBe(kept ? 'Retain' : 'Delete');
    const Policy = z.object({
      Statement: z.array(z.object({ Principal: z.looseObject({}), Condition: z.unknown().optional() })),
    });
    const forServices = Policy.parse(Properties['KeyPolicy']).Statement.filter(
      ({ Principal }) => 'Service' in Principal,
    );
    expect(forServices.length).toBe(1);
    expect(JSON.stringify(forServices[0]?.Condition)).toContain(`:log-group:/narae/${name}/*`);
  });

  test('secrets are made here and encrypted with the key; the one of the edge is where the edge is', () => {
    const secrets = [...resources(data, 'AWS::SecretsManager::Secret')];
    expect(secrets.length).toBe(name === 'local' ? 1 : 2);
    for (const [, { Properties }] of secrets) {
      expect(Properties['GenerateSecretString']).toMatchObject({ PasswordLength: 64 });
      expect(JSON.stringify(Properties['KmsKeyId'])).toEqual(byKey);
    }
    if (name === 'closed')
      expect(resource(data, 'AWS::SecretsManager::Secret', 'OriginSecret').Properties).toMatchObject({
        Name: 'narae/closed/origin',
        ReplicaRegions: [{ Region: 'us-east-1' }],
      });
  });

  test('dead letters are encrypted, kept two weeks and sent by TLS only', () => {
    const queues = everywhere(stage, 'AWS::SQS::Queue');
    const policies = JSON.stringify(everywhere(stage, 'AWS::SQS::QueuePolicy'));
    expect(queues.length).toBe(5);
    for (const [id, { Properties }] of queues) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 14 * 86_400 });
      expect(JSON.stringify(Properties['KmsMasterKeyId'])).toContain('Key');
      expect(policies).toContain(`{"Ref":"${id}"}`);
    }
    expect(policies).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
  });

  test('every log group is encrypted and kept as long as the stage says', () => {
    const days = { local: 1, dev: 14, prod: 90, closed: 14 }[name];
    // The firewall's is where the edge is, out of reach of the key (edge.test.ts).
    const groups = stage.all
      .filter((stack) => stack !== stage.edge)
      .flatMap((stack) => [...resources(stack, 'AWS::Logs::LogGroup')]);
    expect(groups.length).toBeGreaterThanOrEqual(12);
    for (const [, { Properties }] of groups) {
      expect(Properties['RetentionInDays']).toBe(days);
      expect(JSON.stringify(Properties['KmsKeyId'])).toContain('Key');
      expect(Properties['LogGroupName']).toMatch(new RegExp(`^(/narae|/aws/vendedlogs/narae)/${name}/`));
    }
  });

  test('what other stacks import stays exported, also when the last of them stops', () => {
    const exported = JSON.stringify(data.template.Outputs);
    for (const id of ['Runs', 'Entities', 'Blobs', 'Key', 'TicketSecret'])
      expect(exported).toMatch(new RegExp(`:ExportsOutput\\w+${id}`));
  });

  test('outputs are those that the rest of the house reads', () => {
    const outputs = ({ template }: SynthesizedStack) => Object.keys(template.Outputs);
    expect(outputs(data)).toEqual(
      expect.arrayContaining(['RunsTableName', 'EntitiesTableName', 'BucketName', 'DataKeyId', 'TicketSecretId']),
    );
    expect(outputs(engine)).toEqual(
      expect.arrayContaining(['StreamFunctionName', 'StreamUrl', 'RunnerFunctionName', 'DeadLetterQueueUrl']),
    );
    expect(outputs(stage.api)).toEqual(expect.arrayContaining(['ApiId', 'ApiUrl']));
    if (stage.edge) expect(outputs(stage.edge)).toContain('Url');
  });
});
