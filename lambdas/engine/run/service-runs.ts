import * as z from 'zod';
import { jsonText } from '../../platform/env';

/**
 * `NARAE_SERVICE_RUNS`: by service, what its manifest says to those who read runs of any (`runs`). A service that says
 * nothing is not there.
 */
export const ServiceRuns = jsonText.pipe(
  z.record(
    z.string(),
    z.object({
      /** Before the name of an owner: partition key of the record that says that it is there. */
      ownedIn: z.string().optional(),
      inEveryWorkspace: z.boolean().optional(),
    }),
  ),
);
export type ServiceRuns = z.output<typeof ServiceRuns>;
