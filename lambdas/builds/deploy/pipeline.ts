import * as z from 'zod';
import { definePipeline } from '../../platform/pipeline/pipeline';

/** A deploy of an app, or its removal (docs/contracts/builds.md#deploy-time). */

const App = z.object({ namespace: z.string(), name: z.string() });

/** What it is about: all else stands in the app's record. */
export const AppOrder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deploy'), app: App, deploy: z.string() }),
  z.object({ kind: z.literal('remove'), app: App, functionId: z.string() }),
]);
export type AppOrder = z.output<typeof AppOrder>;

export const appDeploys = definePipeline({
  name: 'app-deploys',
  description: 'Deploys one app, or removes it',
  order: AppOrder,
  // Above the deadline of a deploy (../limits.ts) by the tries of a last step: then there is somebody to say that it failed.
  timeoutSeconds: 900,
  start: 'advance',
  steps: {
    advance: {
      by: 'worker',
      // Above the 60 s within which targets return.
      timeoutSeconds: 80,
      input: {},
      next: {},
      repeat: { everySeconds: 3, atMost: 190 },
    },
  },
  onFault: { step: 'reject', timeoutSeconds: 30 },
});
