import { createHash } from 'node:crypto';
import type { Architecture, FunctionConfiguration, Runtime } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { TargetRefused, type Deployment } from '../deploy-target';
import { lambdaEnvironment, MAX_ENVIRONMENT_BYTES } from './environment';
import type { LambdaImage } from './image';
import { LAMBDA_MEMORY, LAMBDA_TIMEOUT_SECONDS, memoryMbOf } from './settings';

/** Where the adapter finds the id that user code is told (adapter/python). */
const FUNCTION_ID = 'NARAE_FUNCTION_ID';

/** What all functions of a stage's apps have in common (`NARAE_APPS`). */
export const AppPlace = z.object({
  /** Of the names of functions. */
  prefix: z.string(),
  /** ARN of the one role that deployed functions have. */
  role: z.string(),
  logGroup: z.string(),
  /** ARN of the key that environment values are encrypted with. */
  key: z.string(),
  /** Name of a function whose network apps are to have; absent: none. */
  networkOf: z.string().optional(),
});
export type AppPlace = z.output<typeof AppPlace>;

/** A network as a function has it. */
export interface Network {
  readonly SubnetIds: string[];
  readonly SecurityGroupIds: string[];
}

export interface Wanted {
  readonly image: LambdaImage;
  readonly environment: Readonly<Record<string, string>>;
  readonly deployment: Deployment;
  readonly place: AppPlace;
  readonly network: Network;
}

/** @throws TargetRefused for what Lambda does not take */
export function configurationOf({ image, environment, deployment, place, network }: Wanted) {
  const { settings } = deployment;
  const MemorySize = settings.memoryMb ?? memoryMbOf(settings.memoryLimit, undefined);
  if (MemorySize > LAMBDA_MEMORY.max) throw new TargetRefused(`Lambda has at most ${LAMBDA_MEMORY.max} MB of memory.`);
  const Variables = lambdaEnvironment(environment);
  if (Variables === undefined)
    throw new TargetRefused(`Lambda takes at most ${MAX_ENVIRONMENT_BYTES} bytes of environment variables.`);
  return {
    Role: place.role,
    Runtime: image.config.runtime as Runtime,
    Handler: image.config.handler,
    MemorySize: Math.max(LAMBDA_MEMORY.min, MemorySize),
    Timeout: settings.timeoutSeconds ?? LAMBDA_TIMEOUT_SECONDS.default,
    Environment: {
      Variables: { ...Variables, ...(deployment.functionId !== null && { [FUNCTION_ID]: deployment.functionId }) },
    },
    KMSKeyArn: place.key,
    LoggingConfig: { LogFormat: 'Text', LogGroup: place.logGroup },
    VpcConfig: network,
  } as const;
}

export const ARCHITECTURES: Architecture[] = ['arm64'];

/**
 * Says of which image and settings a version was made, where everybody may read it: it stands in the version's
 * description. Of values of the environment it holds no more than a digest with all the rest.
 */
export function markOf(wanted: Wanted): string {
  const settings = createHash('sha256')
    .update(JSON.stringify(configurationOf(wanted)))
    .digest('hex');
  return `${wanted.deployment.image.digest} ${settings.slice(0, 32)}`;
}

/** How far AWS is with what it was told last. */
export function progressOf(found: FunctionConfiguration): 'ready' | 'waiting' | { readonly failed: string } {
  if (found.State === 'Failed') return { failed: found.StateReason ?? 'The function cannot be started.' };
  if (found.State === 'Pending' || found.LastUpdateStatus === 'InProgress') return 'waiting';
  if (found.LastUpdateStatus === 'Failed')
    return { failed: found.LastUpdateStatusReason ?? 'The function cannot be updated.' };
  return 'ready';
}
