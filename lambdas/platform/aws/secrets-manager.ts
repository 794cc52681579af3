import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CALLS } from './calls';

export const secretsManager = (): SecretsManagerClient => new SecretsManagerClient(CALLS);
