import type { ECRClient } from '@aws-sdk/client-ecr';
import { ecrCredentials, type CredentialsSource } from './credentials';
import { RegistryClient } from './registry-client';

interface Place {
  readonly host: string;
  readonly repository: string;
  /** Of this account, which the platform's role speaks to. */
  readonly ownEcr: boolean;
}

/** Opens a repository; whoever opens it closes it. */
export type OpenRegistry = (place: Place, credentials?: CredentialsSource) => RegistryClient;

/** What foreign registries show to everybody. */
const NOBODY: CredentialsSource = () => Promise.resolve(undefined);

/** @param endpoint where the account's own registry is really reached; absent: https at its host */
export function registryOpener(ecr: ECRClient, endpoint: string | undefined): OpenRegistry {
  const own = ecrCredentials(ecr);
  return ({ host, repository, ownEcr }, credentials) =>
    new RegistryClient({
      host,
      repository,
      credentials: credentials ?? (ownEcr ? own : NOBODY),
      ...(ownEcr && endpoint !== undefined && { endpoint }),
    });
}
