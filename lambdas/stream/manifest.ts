import type { ServiceManifest } from '../platform/manifest';
import { streamExamples } from './examples';
import { streamRoutes } from './routes';

/** Served by a function URL that streams, which the engine's stack makes. */
export const streamManifest: ServiceManifest = {
  name: 'stream',
  description: 'Sends the events of one run, task, decision or meeting, as they happen',
  routes: streamRoutes,
  examples: streamExamples,
  owned: {
    params: {
      id: { nobodys: 'inv-00000000000000000000000000' },
      task_id: { nobodys: 'nobodys' },
      run_id: { nobodys: 'run_00000000000000000000000000' },
    },
    body: { issue_id: { nobodys: 'iss_00000000000000000000000000' } },
    query: { workspace_id: { nobodys: 'ws-nobodys' } },
    harmless: ['lastEventId', 'last_event_id', 'ticket', 'user_id'],
  },
};
