import * as z from 'zod';
import { answerOf, definePipeline, type FunctionStep } from '../../platform/pipeline/pipeline';
import { BuildOrder, Installed, Place, Resolved } from './build-order';

/** A build of a callback (docs/contracts/callbacks.md#build). */

const resolve = (language: string, wanted: string): FunctionStep => ({
  by: 'function',
  function: `${language}-installer`,
  // Above the 60 s that installers give it themselves, so that theirs is the word that is heard.
  timeoutSeconds: 75,
  constants: { do: 'resolve' },
  input: { [wanted]: answerOf('check', wanted) },
  answer: 'resolved',
  next: 'find',
});

const install = (language: string): FunctionStep => ({
  by: 'function',
  function: `${language}-installer`,
  // Above 120 s, for the same reason.
  timeoutSeconds: 140,
  constants: { do: 'install' },
  input: { lock: answerOf('resolved', 'lock'), uploadUrl: answerOf('find', 'uploadUrl') },
  answer: 'installed',
  next: 'publish',
});

const toInstall = { place: Place, uploadUrl: z.string() };

export const callbackBuilds = definePipeline({
  name: 'callback-builds',
  description: 'Builds one deploy of one callback',
  order: BuildOrder,
  timeoutSeconds: 300,
  start: 'check',
  steps: {
    check: {
      by: 'worker',
      timeoutSeconds: 90,
      input: {},
      next: {
        'resolve-python': { requirements: z.array(z.string()).readonly() },
        'resolve-node': { dependencies: z.record(z.string(), z.string()).readonly() },
      },
    },
    'resolve-python': resolve('python', 'requirements'),
    'resolve-node': resolve('node', 'dependencies'),
    find: {
      by: 'worker',
      timeoutSeconds: 90,
      input: { resolved: { schema: Resolved, from: answerOf('resolved') } },
      next: { 'install-python': toInstall, 'install-node': toInstall },
    },
    'install-python': install('python'),
    'install-node': install('node'),
    publish: {
      by: 'worker',
      timeoutSeconds: 90,
      input: {
        place: { schema: Place, from: answerOf('find', 'place') },
        installed: { schema: Installed, from: answerOf('installed') },
      },
      next: {},
    },
  },
  onFault: { step: 'reject', timeoutSeconds: 90 },
});
