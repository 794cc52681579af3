import { GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { PushDenied } from './errors';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** Asked for when a registry is first spoken to. Undefined: none, as for what a registry shows to everybody. */
export type CredentialsSource = () => Promise<RegistryCredentials | undefined>;

/** Of the function's own role, for the registry of its account. */
export const ecrCredentials =
  (ecr: ECRClient): CredentialsSource =>
  async () => {
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({})).catch((cause: unknown) => {
      throw new PushDenied('The platform gets no token for its registry.', { cause });
    });
    const decoded = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon < 1) throw new PushDenied('The platform gets no usable token for its registry.');
    return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  };

export const basic = ({ username, password }: RegistryCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
