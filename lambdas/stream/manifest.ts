import type { ServiceManifest } from '../platform/manifest';
import { streamExamples } from './examples';
import { streamRoutes } from './routes';

/** Served by a function URL that streams, which the engine's stack makes. */
export const streamManifest: ServiceManifest = {
  name: 'stream',
  description: 'Sends the events of one run as they happen',
  routes: streamRoutes,
  examples: streamExamples,
  owned: { params: { id: { nobodys: 'inv-00000000000000000000000000' } }, harmless: ['lastEventId', 'ticket'] },
};
