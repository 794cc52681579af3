import { createHash } from 'node:crypto';
import * as z from 'zod';

/** What OCI registries keep: a manifest that names blobs by their digests (OCI image specification 1.1). */

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const IMAGE_CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

const Digest = z.string().regex(/^sha256:[a-f0-9]{64}$/);

const Descriptor = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

/** Of an image as well: what is not named here is no concern of ours. */
export const Manifest = z.object({
  schemaVersion: z.literal(2),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor).max(1_000),
});
export type Manifest = z.infer<typeof Manifest>;

/** Bytes with the descriptor by which a manifest names them. */
export interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** Ready to be pushed: equal content has equal bytes, and so an equal digest. */
export interface OciArtifact {
  readonly manifest: Buffer;
  /** Of the manifest, which is that of the artifact. */
  readonly digest: string;
  readonly blobs: readonly Blob[];
}

/** @returns `sha256:` and 64 hex digits */
export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const isDigest = (reference: string): boolean => Digest.safeParse(reference).success;

export const blobOf = (mediaType: string, bytes: Buffer, annotations?: Record<string, string>): Blob => ({
  descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length, ...(annotations && { annotations }) },
  bytes,
});

/** The same value always gives the same bytes: its keys come in the order in which they were written. */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

interface Parts {
  readonly artifactType?: string;
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly annotations?: Record<string, string>;
}

export function ociArtifact({ artifactType, config, layers, annotations }: Parts): OciArtifact {
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    ...(artifactType !== undefined && { artifactType }),
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    ...(annotations && { annotations }),
  });
  return { manifest, digest: digestOf(manifest), blobs: [...layers, config] };
}
