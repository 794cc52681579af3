import * as z from 'zod';
import { TARGETS } from '../artifact';
import type { Deployment } from '../deploy-target';

const Json = z.record(z.string(), z.unknown());

/** Of ../deploy-target.ts, as they are kept. */
export const StoredSettings = z.object({
  memoryMb: z.number().exactOptional(),
  timeoutSeconds: z.number().exactOptional(),
  cpuLimit: z.string().exactOptional(),
  memoryLimit: z.string().exactOptional(),
  cpuRequest: z.string().exactOptional(),
  memoryRequest: z.string().exactOptional(),
  replicas: z.number().exactOptional(),
  enableAutoscaling: z.boolean(),
  useSpot: z.boolean(),
  tolerations: z.array(Json).exactOptional(),
  affinity: Json.exactOptional(),
  serviceAccount: z.string().exactOptional(),
});

const Stored = z.object({
  target: z.enum(TARGETS),
  app: z.object({ namespace: z.string(), name: z.string() }),
  image: z.object({ repository: z.string(), digest: z.string() }),
  functionId: z.string().nullable(),
  workspaceId: z.string().nullable(),
  settings: StoredSettings,
});

/** A deployment as the record of its app keeps it. */
export const writeDeployment = (deployment: Deployment): string => JSON.stringify(deployment);

export const readDeployment = (text: string): Deployment => Stored.parse(JSON.parse(text));
