import { S3Client } from '@aws-sdk/client-s3';
import { callsWithin } from './calls';

/** Path-style addresses work on AWS for every bucket, and where a bucket's host name does not resolve. */
export const s3 = (): S3Client =>
  new S3Client({
    ...callsWithin({ requestTimeout: 20_000 }),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
