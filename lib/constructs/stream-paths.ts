import { streamRoutes } from '../../lambdas/stream/routes';
import { routePrefixes } from './route-prefixes';

/**
 * What is below these addresses is answered by the function that streams; everything else by the HTTP API
 * (docs/adr/0033-streams-with-post.md).
 */
export const STREAM_PATHS: readonly string[] = [
  // As one, so that an unknown address among them is told so by the same function.
  '/stream',
  ...routePrefixes(streamRoutes).filter((prefix) => !prefix.startsWith('/stream/')),
];
