import { ECRClient } from '@aws-sdk/client-ecr';
import { CALLS } from './calls';

export const ecr = (): ECRClient => new ECRClient(CALLS);
