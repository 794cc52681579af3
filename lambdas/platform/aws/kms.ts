import { KMSClient } from '@aws-sdk/client-kms';
import { CALLS } from './calls';

export const kms = (): KMSClient => new KMSClient(CALLS);
