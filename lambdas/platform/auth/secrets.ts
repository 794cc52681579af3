import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Milliseconds a secret is kept in memory: a rotated one is picked up within five minutes. */
const KEPT_MS = 5 * 60_000;

/** Reads one secret, once per five minutes and process. Its value is never logged. */
export function secretReader(client: SecretsManagerClient, secretId: string, now: () => number): () => Promise<string> {
  let kept: { readonly value: Promise<string>; readonly until: number } | undefined;
  const read = async (): Promise<string> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (!SecretString) throw new Error(`Secret ${secretId} is empty`);
    return SecretString;
  };
  return () => {
    if (kept && kept.until > now()) return kept.value;
    const value = read();
    kept = { value, until: now() + KEPT_MS };
    value.catch(() => (kept = undefined));
    return value;
  };
}
