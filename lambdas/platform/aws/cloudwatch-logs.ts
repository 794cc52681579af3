import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CALLS } from './calls';

export const cloudWatchLogs = (): CloudWatchLogsClient => new CloudWatchLogsClient({ ...CALLS, maxAttempts: 2 });
