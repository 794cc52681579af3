import * as z from 'zod';

/** The cluster that apps of the target spin are applied to, and what it offers (docs/deploy.md). */
export const SpinConfiguration = z.strictObject({
  /** An EKS cluster; the platform's role is known there by an access entry. */
  eks: z
    .strictObject({
      name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must be the name of a cluster'),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as "us-east-1"'),
      endpoint: z.url({ protocol: /^https$/, error: 'must be an https URL' }),
      /** Base64 of PEM, as EKS tells it. */
      certificateAuthority: z.base64('must be Base64').min(1),
    })
    .optional(),
  /** Any other cluster: name of the secret in Secrets Manager that holds a kubeconfig. */
  kubeconfigSecret: z.string().min(1, 'must be the name of a secret').optional(),
  executor: z.string().min(1).default('containerd-shim-spin'),
  /** Executor whose runtime class has spot nodes; absent: `use_spot` is ignored. */
  spotExecutor: z.string().min(1).optional(),
  /** Whether tolerations and affinity may be laid over the Deployments of the operator. */
  overlays: z.boolean().default(false),
});
export type SpinConfiguration = Readonly<z.output<typeof SpinConfiguration>>;
