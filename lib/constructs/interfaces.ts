import { Vpc, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * CDK's classes have `undefined` where their interfaces leave a property out. `exactOptionalPropertyTypes` tells the two
 * apart and then refuses a class for its own interface; these guards say that it is one.
 */
const isBucket = (value: unknown): value is IBucket => value instanceof Bucket;
const isVpc = (value: unknown): value is IVpc => value instanceof Vpc;

export const asBucket = (bucket: unknown): IBucket => checked(bucket, isBucket);
export const asVpc = (vpc: unknown): IVpc => checked(vpc, isVpc);

function checked<T>(value: unknown, guard: (value: unknown) => value is T): T {
  if (guard(value)) return value;
  throw new TypeError('Not the construct it was taken for');
}
