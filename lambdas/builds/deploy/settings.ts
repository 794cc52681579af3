import { invalid } from '../../platform/http/errors';
import type { TargetName } from '../artifact';
import type { DeployRequest } from '../contract';
import type { DeploymentSettings } from '../deploy-target';
import { ignoredOnLambda, LAMBDA_MEMORY, memoryMbOf, quantity } from '../lambda-target/settings';
import { BUILD_LIMITS } from '../limits';
import type { SpinConfiguration } from '../spin-target/contract';
import { requestAboveLimit } from '../spin-target/resources';
import { ignoredOnSpin } from '../spin-target/settings';
import { StoredSettings } from './deployment';
import type { FunctionRow } from './function-row';

/** What is deployed with, and what of the request has no effect. */
export interface Decided {
  readonly settings: DeploymentSettings;
  readonly ignoredFields: readonly string[];
  readonly warnings: readonly string[];
}

type Spin = Pick<SpinConfiguration, 'spotExecutor' | 'overlays'>;

/** What no target could do anything with. @throws AppError `VALIDATION_ERROR` */
export function checkSettings(body: DeployRequest): void {
  for (const kind of ['cpu', 'memory'] as const) {
    const [limit, request] = [body[`${kind}_limit`], body[`${kind}_request`]];
    if (limit && request && (quantity(request) ?? 0) > (quantity(limit) ?? 0)) throw aboveLimit(`${kind}_request`);
  }
  for (const field of ['custom_tolerations', 'custom_affinity'] as const)
    if (Buffer.byteLength(JSON.stringify(body[field] ?? null)) > BUILD_LIMITS.overlayBytes)
      throw invalid(field, `${field} must have at most ${BUILD_LIMITS.overlayBytes} bytes of JSON`);
}

/**
 * @param row of the function that is deployed, if it is one that is registered
 * @param spin what the installation's cluster offers; read for that target only
 * @throws AppError `VALIDATION_ERROR`
 */
export function decideSettings(
  target: TargetName,
  body: DeployRequest,
  row: FunctionRow | undefined,
  spin: Spin,
): Decided {
  return target === 'lambda' ? onLambda(body, row) : onSpin(body, row, spin);
}

function onLambda(body: DeployRequest, row: FunctionRow | undefined): Decided {
  const memoryMb = memoryMbOf(body.memory_limit ?? undefined, row?.memory);
  if (memoryMb > LAMBDA_MEMORY.max)
    throw invalid('memory_limit', `memory_limit must be at most ${LAMBDA_MEMORY.max}Mi on Lambda`);
  return {
    settings: { memoryMb, ...timeoutOf(row), enableAutoscaling: true, useSpot: false },
    ...ignoredOnLambda(body),
  };
}

function onSpin(body: DeployRequest, row: FunctionRow | undefined, spin: Spin): Decided {
  const { tolerations, affinity, ...rest } = Asked.parse(
    withoutNull({
      cpuLimit: body.cpu_limit,
      memoryLimit: body.memory_limit,
      cpuRequest: body.cpu_request,
      memoryRequest: body.memory_request,
      replicas: body.replicas,
      serviceAccount: body.service_account,
      tolerations: body.custom_tolerations,
      affinity: body.custom_affinity,
    }),
  );
  const tooMuch = requestAboveLimit(rest);
  if (tooMuch !== undefined) throw aboveLimit(tooMuch);
  return {
    settings: {
      ...rest,
      ...timeoutOf(row),
      ...(spin.overlays && tolerations && { tolerations }),
      ...(spin.overlays && affinity && { affinity }),
      enableAutoscaling: body.enable_autoscaling ?? true,
      useSpot: (body.use_spot ?? true) && spin.spotExecutor !== undefined,
    },
    ...ignoredOnSpin(body, spin),
  };
}

const timeoutOf = (row: FunctionRow | undefined) => (row ? { timeoutSeconds: row.timeout } : {});

const aboveLimit = (field: string) => invalid(field, `${field} must not be larger than its limit`);

/** What a request says for a cluster. */
const Asked = StoredSettings.omit({ memoryMb: true, timeoutSeconds: true, enableAutoscaling: true, useSpot: true });

/** null is what nobody gave. */
const withoutNull = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
