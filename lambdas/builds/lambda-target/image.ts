import { readLambdaConfig, zipLayerOf, type LambdaConfig } from '../oci/lambda-artifact';
import type { RegistryClient } from '../oci/registry-client';
import { TargetRefused } from '../deploy-target';

/** Lambda takes 50 MB in a request; of more than that it would have to be told an address. */
const MAX_ZIP_BYTES = 50 * 1024 * 1024;
const MAX_CONFIG_BYTES = 64 * 1024;

/** What a function is made of. */
export interface LambdaImage {
  readonly config: LambdaConfig;
  /** As Lambda says it: base64 of the SHA-256 of the zip. */
  readonly codeSha256: string;
  readonly zip: () => Promise<Buffer>;
}

/** @throws TargetRefused if the image is no zip for Lambda, RegistryError */
export async function readLambdaImage(registry: RegistryClient, digest: string): Promise<LambdaImage> {
  const { manifest } = await registry.readManifest(digest);
  const layer = zipLayerOf(manifest);
  const config = layer && readLambdaConfig(await registry.readBlob(manifest.config, MAX_CONFIG_BYTES));
  if (layer === undefined || config === undefined) throw new TargetRefused('The image is no function for Lambda.');
  return {
    config,
    codeSha256: Buffer.from(layer.digest.replace('sha256:', ''), 'hex').toString('base64'),
    zip: () => registry.readBlob(layer, MAX_ZIP_BYTES),
  };
}
