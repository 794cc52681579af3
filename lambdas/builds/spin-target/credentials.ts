import { createHash, createHmac } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { TargetUnavailable } from '../deploy-target';
import { Cluster } from './cluster';
import type { SpinConfiguration } from './contract';

export interface ClusterPorts {
  /** Of the platform's role. */
  readonly credentials: Provider<AwsCredentialIdentity>;
  /** Text of a secret. */
  readonly secret: (name: string) => Promise<string>;
  readonly now: () => number;
}

/** What the token's address is good for; EKS itself takes a token for 15 minutes from its signing on. */
const TOKEN_SECONDS = 60;
const TOKEN_PREFIX = 'k8s-aws-v1.';
const CONTEXT = 'narae';

/** @throws TargetUnavailable where the stage names no cluster, or its credentials cannot be had */
export async function openCluster(configuration: SpinConfiguration | undefined, ports: ClusterPorts): Promise<Cluster> {
  const { eks, kubeconfigSecret } = configuration ?? {};
  try {
    if (eks !== undefined) return new Cluster(eksConfig(eks, await eksToken(eks, ports)));
    if (kubeconfigSecret !== undefined) return new Cluster(kubeconfigOf(await ports.secret(kubeconfigSecret)));
  } catch (error) {
    throw new TargetUnavailable('The credentials of the cluster cannot be had.', { cause: error });
  }
  throw new TargetUnavailable('This installation has no Kubernetes cluster.');
}

function eksConfig(
  { endpoint, certificateAuthority }: NonNullable<SpinConfiguration['eks']>,
  token: string,
): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: CONTEXT, server: endpoint, caData: certificateAuthority, skipTLSVerify: false }],
    users: [{ name: CONTEXT, token }],
    contexts: [{ name: CONTEXT, cluster: CONTEXT, user: CONTEXT }],
    currentContext: CONTEXT,
  });
  return config;
}

/** @throws Error where it is none, names no cluster, or would run a program to get at credentials */
function kubeconfigOf(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  if (config.getCurrentCluster() === null) throw new Error('The kubeconfig has no current cluster');
  const user = config.getCurrentUser();
  if (user?.exec !== undefined || user?.authProvider !== undefined)
    throw new Error('The kubeconfig gets at its credentials by a program; a function has none');
  return config;
}

/** A presigned question of who the caller is, which EKS asks in the caller's stead. */
export async function eksToken(
  { name, region }: Pick<NonNullable<SpinConfiguration['eks']>, 'name' | 'region'>,
  { credentials, now }: Pick<ClusterPorts, 'credentials' | 'now'>,
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      headers: { host: hostname, 'x-k8s-aws-id': name },
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    },
    { expiresIn: TOKEN_SECONDS, signingDate: new Date(now()) },
  );
  const pairs = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
  );
  return TOKEN_PREFIX + Buffer.from(`https://${hostname}/?${pairs.join('&')}`).toString('base64url');
}

interface Digest {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** SHA-256 of Node, as signers of the SDK ask for it. */
class Sha256 {
  #hash: Digest;
  readonly #secret: string | ArrayBuffer | ArrayBufferView | undefined;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Digest {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.#secret));
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
