import { SFNClient } from '@aws-sdk/client-sfn';
import { CALLS } from './calls';

export const sfn = (): SFNClient => new SFNClient(CALLS);
