/** Hosts of ECR, as AWS names them. */

const REGISTRY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** Account and region of a private ECR registry; undefined for other hosts. */
export function readEcrHost(host: string): { readonly account: string; readonly region: string } | undefined {
  const [, account, region] = REGISTRY.exec(host) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region };
}

/**
 * Whether ECR may send a download there: it answers for a blob with a signed address in the bucket that keeps the layers
 * of its region. Nothing else that a registry redirects to is asked for.
 */
export function isEcrDownload(registryHost: string, target: URL): boolean {
  const registry = readEcrHost(registryHost);
  if (registry === undefined || target.protocol !== 'https:' || target.port !== '') return false;
  const { region } = registry;
  const domain = registryHost.endsWith('.cn') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return target.hostname === `prod-${region}-starport-layer-bucket.s3.${region}.${domain}`;
}
