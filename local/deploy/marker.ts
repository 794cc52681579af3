import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientConfig } from '../aws';

const SecretId = 'narae-local/deployed';

/**
 * What was deployed last, kept in the emulator itself: it comes back with the state it describes, or is lost with it.
 */
export class DeployMarker {
  readonly #client: SecretsManagerClient;

  constructor(awsEndpoint: string) {
    this.#client = new SecretsManagerClient(clientConfig(awsEndpoint));
  }

  async read(): Promise<string | undefined> {
    try {
      return (await this.#client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async write(fingerprint: string): Promise<void> {
    try {
      await this.#client.send(new PutSecretValueCommand({ SecretId, SecretString: fingerprint }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#client.send(new CreateSecretCommand({ Name: SecretId, SecretString: fingerprint }));
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';
