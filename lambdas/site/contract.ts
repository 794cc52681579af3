import * as z from 'zod';

/** Shapes of the shared paths (docs/contracts/common.md#shared-paths-public-no-credentials). */

export const Platform = z
  .object({
    name: z.literal('Narae'),
    service: z.literal('narae'),
    version: z.string(),
    status: z.literal('running'),
    docs: z.literal('/docs'),
  })
  .meta({ id: 'Platform' });

/** One object for the whole platform; services add keys of their own. */
export const Health = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    environment: z.string(),
    services: z.record(z.string(), z.enum(['up', 'down'])).meta({ description: 'What the platform stands on.' }),
    provider: z.string().meta({ description: 'Who judges issues that need a decision.' }),
    embedder: z.string().meta({ description: 'What compares them with earlier ones.' }),
  })
  .meta({ id: 'Health' });
