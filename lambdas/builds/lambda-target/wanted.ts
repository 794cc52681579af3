import { createHash } from 'node:crypto';
import type { Architecture, FunctionConfiguration, Runtime } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { TargetRefused, type Deployment } from '../deploy-target';
import { lambdaEnvironment, MAX_ENVIRONMENT_BYTES } from './environment';
import type { LambdaImage } from './image';
import { LAMBDA_MEMORY, LAMBDA_TIMEOUT_SECONDS, memoryMbOf } from './settings';

/** What all functions of a stage's apps have in common (`NARAE_APPS`). */
export const AppPlace = z.object({
  /** Of the names of functions. */
  prefix: z.string(),
  /** ARN of the one role that deployed functions have. */
  role: z.string(),
  logGroup: z.string(),
  /** ARN of the key that environment values are encrypted with. */
  key: z.string(),
  subnets: z.array(z.string()).default([]),
  securityGroups: z.array(z.string()).default([]),
});
export type AppPlace = z.output<typeof AppPlace>;

export interface Wanted {
  readonly image: LambdaImage;
  readonly environment: Readonly<Record<string, string>>;
  readonly deployment: Deployment;
  readonly place: AppPlace;
}

/** @throws TargetRefused for what Lambda does not take */
export function configurationOf({ image, environment, deployment, place }: Wanted) {
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
    Environment: { Variables },
    KMSKeyArn: place.key,
    LoggingConfig: { LogFormat: 'Text', LogGroup: place.logGroup },
    VpcConfig: { SubnetIds: place.subnets, SecurityGroupIds: place.securityGroups },
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
