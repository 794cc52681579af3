import * as z from 'zod';
import { installStep, resolveStep } from '../../platform/pipeline/installer-steps';
import { answerOf, definePipeline } from '../../platform/pipeline/pipeline';
import { type Language, perLanguage } from '../../platform/runtimes';
import { PACKAGES } from '../../platform/runtimes/packages';
import { BuildOrder, Installed, Place, Resolved } from './build-order';

/** A build of a callback (docs/contracts/callbacks.md#build). */

/** What the answer of `check` says of packages, which is what the installer is told. */
const packagesOf = (language: Language) => PACKAGES[language].order;

const resolve = (language: Language) => {
  const fields = Object.keys(packagesOf(language)).map((field) => [field, answerOf('check', field)] as const);
  return resolveStep(language, Object.fromEntries(fields), 'find');
};

const install = (language: Language) =>
  installStep(language, { lock: answerOf('resolved', 'lock'), uploadUrl: answerOf('find', 'uploadUrl') }, 'publish');

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
      next: perLanguage('resolve-', packagesOf),
    },
    ...perLanguage('resolve-', resolve),
    find: {
      by: 'worker',
      timeoutSeconds: 90,
      input: { resolved: { schema: Resolved, from: answerOf('resolved') } },
      next: perLanguage('install-', () => toInstall),
    },
    ...perLanguage('install-', install),
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
