import type { SpinConfiguration } from './contract';

/**
 * Which fields of a request this installation cannot honour on Kubernetes, in the request's order, each with why
 * (docs/contracts/builds.md#semantics).
 */
export function ignoredOnSpin(
  sent: Readonly<Record<string, unknown>>,
  { spotExecutor, overlays }: Pick<SpinConfiguration, 'spotExecutor' | 'overlays'>,
): { readonly ignoredFields: readonly string[]; readonly warnings: readonly string[] } {
  const autoscaled = sent['enable_autoscaling'] !== false;
  const reasons: Readonly<Record<string, string | undefined>> = {
    replicas: autoscaled ? 'autoscaling decides how many there are' : undefined,
    use_spot:
      spotExecutor === undefined && sent['use_spot'] === true ? 'this installation has no spot executor' : undefined,
    custom_tolerations: overlays ? undefined : 'this installation lays nothing over the Deployments of the operator',
    custom_affinity: overlays ? undefined : 'this installation lays nothing over the Deployments of the operator',
  };
  const ignored = Object.entries(sent).flatMap(([field, value]) => {
    const reason = value === null || value === undefined ? undefined : reasons[field];
    return reason === undefined ? [] : [{ field, warning: `${field}: ${reason}` }];
  });
  return { ignoredFields: ignored.map(({ field }) => field), warnings: ignored.map(({ warning }) => warning) };
}
