import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CALLS } from './calls';

export const cloudWatch = (): CloudWatchClient => new CloudWatchClient({ ...CALLS, maxAttempts: 2 });
