import { quantity } from '../lambda-target/settings';
import type { DeploymentSettings } from '../deploy-target';

/** Resources of a pod (docs/contracts/builds.md#semantics). Limits are always there: autoscaling needs them. */

export const SPIN_DEFAULTS = {
  cpuLimit: '500m',
  memoryLimit: '500Mi',
  cpuRequest: '100m',
  memoryRequest: '400Mi',
} as const;

type Quantities = Pick<DeploymentSettings, 'cpuLimit' | 'memoryLimit' | 'cpuRequest' | 'memoryRequest'>;

export interface Resources {
  readonly limits: { readonly cpu: string; readonly memory: string };
  readonly requests: { readonly cpu: string; readonly memory: string };
}

/** A default request above a given limit is lowered to it. */
export function resourcesOf(given: Quantities): Resources {
  const { cpuLimit = SPIN_DEFAULTS.cpuLimit, memoryLimit = SPIN_DEFAULTS.memoryLimit } = given;
  return {
    limits: { cpu: cpuLimit, memory: memoryLimit },
    requests: {
      cpu: given.cpuRequest ?? lower(SPIN_DEFAULTS.cpuRequest, cpuLimit),
      memory: given.memoryRequest ?? lower(SPIN_DEFAULTS.memoryRequest, memoryLimit),
    },
  };
}

/** The field of a request that asks for more than its limit, if one does; a limit that nobody gave is the default. */
export function requestAboveLimit(given: Quantities): 'cpu_request' | 'memory_request' | undefined {
  const { limits, requests } = resourcesOf(given);
  if (above(requests.cpu, limits.cpu)) return 'cpu_request';
  return above(requests.memory, limits.memory) ? 'memory_request' : undefined;
}

const lower = (request: string, limit: string): string => (above(request, limit) ? limit : request);

const above = (request: string, limit: string): boolean => (quantity(request) ?? 0) > (quantity(limit) ?? 0);
