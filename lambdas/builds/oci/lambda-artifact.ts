import * as z from 'zod';
import {
  blobOf,
  digestOf,
  IMAGE_CONFIG_TYPE,
  jsonBytes,
  ociArtifact,
  type Manifest,
  type OciArtifact,
} from './artifact';

/** A zip for Lambda as an OCI artifact (docs/contracts/builds.md#semantics). */

export const LAMBDA_ARTIFACT_TYPE = 'application/vnd.narae.lambda.zip.v1';
const ZIP_TYPE = 'application/zip';

/** How the zip is to be run, kept beside it. */
const LambdaConfig = z.object({
  /** As Lambda names it: `python3.13`. */
  runtime: z.string(),
  /** Lambda's handler of the zip. */
  handler: z.string(),
  /** Hex SHA-256 of the source that it was built of. */
  sourceSha256: z.string(),
});
export type LambdaConfig = z.infer<typeof LambdaConfig>;

const LABELS = {
  runtime: 'narae.lambda.runtime',
  handler: 'narae.lambda.handler',
  sourceSha256: 'narae.source.sha256',
} as const;

/**
 * The zip is the one layer. The config has the type of an image's, with what is ours as labels, because clients that
 * inspect images refuse to look into any other; the manifest says by its artifact type that it is none.
 */
export function lambdaArtifact(zip: Buffer, config: LambdaConfig): OciArtifact {
  const labels = Object.fromEntries(Object.entries(LABELS).map(([field, label]) => [label, config[keyOf(field)]]));
  return ociArtifact({
    artifactType: LAMBDA_ARTIFACT_TYPE,
    config: blobOf(
      IMAGE_CONFIG_TYPE,
      jsonBytes({
        architecture: 'arm64',
        os: 'linux',
        config: { Labels: labels },
        rootfs: { type: 'layers', diff_ids: [digestOf(zip)] },
      }),
    ),
    layers: [blobOf(ZIP_TYPE, zip, { 'org.opencontainers.image.title': 'app.zip' })],
  });
}

const keyOf = (field: string): keyof LambdaConfig => LambdaConfig.keyof().parse(field);

const StoredConfig = z.object({ config: z.object({ Labels: z.record(z.string(), z.string()) }) });

/** @returns undefined if the bytes are not the config of such an artifact */
export function readLambdaConfig(bytes: Buffer): LambdaConfig | undefined {
  const stored = StoredConfig.safeParse(parsed(bytes));
  if (!stored.success) return undefined;
  const labels = stored.data.config.Labels;
  return LambdaConfig.safeParse({
    runtime: labels[LABELS.runtime],
    handler: labels[LABELS.handler],
    sourceSha256: labels[LABELS.sourceSha256],
  }).data;
}

/** The layer of the zip; undefined if the manifest is of something else. */
export const zipLayerOf = (manifest: Manifest): Manifest['layers'][number] | undefined =>
  manifest.artifactType === LAMBDA_ARTIFACT_TYPE
    ? manifest.layers.find(({ mediaType }) => mediaType === ZIP_TYPE)
    : undefined;

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
