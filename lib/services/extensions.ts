import { buildsExtension } from './builds';
import { callbacksExtension } from './callbacks';
import type { Extension } from './extension';

/** By service. */
export const EXTENSIONS: ReadonlyMap<string, Extension> = new Map([
  ['builds', buildsExtension],
  ['callbacks', callbacksExtension],
]);
