import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientConfig } from '../aws';
import { MODEL_KEY_SECRET } from '../cli/models';

/** Puts the key of a server with models where functions read it. */
export async function keepModelKey(awsEndpoint: string, key: string): Promise<void> {
  const client = new SecretsManagerClient(clientConfig(awsEndpoint));
  try {
    await client.send(new PutSecretValueCommand({ SecretId: MODEL_KEY_SECRET, SecretString: key }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    await client.send(new CreateSecretCommand({ Name: MODEL_KEY_SECRET, SecretString: key }));
  } finally {
    client.destroy();
  }
}
