import { S3Client } from '@aws-sdk/client-s3';
import { CALLS } from './calls';

/** Path-style addresses work on AWS for every bucket, and where a bucket's host name does not resolve. */
export const s3 = (): S3Client =>
  new S3Client({
    ...CALLS,
    forcePathStyle: true,
    requestHandler: { ...CALLS.requestHandler, requestTimeout: 20_000 },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
