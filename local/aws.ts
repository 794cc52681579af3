/** The one region of the local stack, and credentials: the emulator takes any, the SDK wants some. */
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Of the access key that a function signs with; its name follows. The emulator knows them too (emulator/serve.py). */
export const FUNCTION_KEY_PREFIX = 'function.';

/** What every AWS client of ours is made with. Never from the environment: that may point at a real account. */
export const clientConfig = (endpoint: string) => ({ endpoint, region: REGION, credentials: CREDENTIALS });

/**
 * The environment of a program that works with the emulator: the caller's, without anything that could send it to a
 * real AWS account or bend its AWS clients, and without a key that only Secrets Manager is to have.
 */
export function awsEnvironment(callerEnvironment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(callerEnvironment).filter(
    ([name]) => !name.startsWith('AWS_') && name !== 'NARAE_DECISIONS_KEY',
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Where an AWS client finds the emulator. */
export const endpointEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  // An address instead of a name: S3 clients then put the bucket into the path. `bucket.localhost` would not resolve.
  AWS_ENDPOINT_URL_S3: endpoint,
  // The registry is no part of what AWS clients reach: its host stands in names of images.
  NARAE_REGISTRY_ENDPOINT: endpoint,
});
