/** What a build made. `path` is the S3 URI, `sha256` hex of the bytes at it. */
export interface Artifact {
  readonly kind: 'lambda-zip' | 'spin-oci';
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where built code runs. */
export const TARGETS = ['lambda', 'spin'] as const;
export type TargetName = (typeof TARGETS)[number];
