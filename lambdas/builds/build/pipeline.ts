import * as z from 'zod';
import { installStep, resolveStep } from '../../platform/pipeline/installer-steps';
import { answerOf, definePipeline } from '../../platform/pipeline/pipeline';
import { TASK_DEADLINE_MS } from '../limits';
import { Component, Findings, Installed, Resolved, TaskOrder } from './task-order';

/** A build, a push, or both (docs/contracts/builds.md#semantics). */

/** The worker's own steps: files of a source read, packed and written, or an artifact pushed. */
const WORK_SECONDS = 90;

/** Ends before its task does, which whoever reads it then sees to. */
const TIMEOUT_SECONDS = TASK_DEADLINE_MS / 1000 - 10;

/** How often a push looks whether the build that it waits for has made something. */
const LOOK_SECONDS = 2;

/** What sources are in (docs/contracts/builds.md). */
export const LANGUAGE = 'python';

const entryModule = { schema: z.string(), from: answerOf('begin', 'module') };

export const appBuilds = definePipeline({
  name: 'app-builds',
  description: 'Builds a source, publishes what was built of one, or both',
  order: TaskOrder,
  timeoutSeconds: TIMEOUT_SECONDS,
  start: 'begin',
  steps: {
    begin: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: {},
      next: {
        // With all addresses that functions without rights read from and write to.
        check: {
          sourceUrl: z.string(),
          types: z.boolean(),
          module: z.string(),
          packagesUrl: z.string(),
          preparedUrl: z.string(),
          componentUrl: z.string(),
        },
        push: {},
      },
    },
    check: {
      by: 'function',
      function: 'toolchain',
      // Above the 45 s that the toolchain gives it itself, so that its is the word that is heard.
      timeoutSeconds: 75,
      constants: { do: 'check' },
      input: { sourceUrl: answerOf('begin', 'sourceUrl'), types: answerOf('begin', 'types') },
      answer: 'findings',
      next: 'judge',
    },
    judge: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: { findings: { schema: Findings, from: answerOf('findings') }, module: entryModule },
      next: { resolve: { requirements: z.array(z.string()).readonly() }, componentize: {}, push: {} },
    },
    resolve: resolveStep(LANGUAGE, { requirements: answerOf('judge', 'requirements') }, 'plan'),
    plan: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: { resolved: { schema: Resolved, from: answerOf('resolved') } },
      next: { install: {} },
    },
    install: installStep(
      LANGUAGE,
      { lock: answerOf('resolved', 'lock'), uploadUrl: answerOf('begin', 'packagesUrl') },
      'assemble',
    ),
    assemble: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: { installed: { schema: Installed, from: answerOf('installed') }, module: entryModule },
      next: { componentize: {}, push: {} },
    },
    componentize: {
      by: 'function',
      function: 'toolchain',
      // Above 150 s, for the same reason, and some to fetch the source and to put the component.
      timeoutSeconds: 245,
      constants: { do: 'componentize' },
      input: {
        sourceUrl: answerOf('begin', 'preparedUrl'),
        module: answerOf('begin', 'module'),
        uploadUrl: answerOf('begin', 'componentUrl'),
      },
      answer: 'component',
      next: 'accept',
    },
    accept: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: { component: { schema: Component, from: answerOf('component') } },
      next: { push: {} },
    },
    push: {
      by: 'worker',
      timeoutSeconds: WORK_SECONDS,
      input: {},
      next: {},
      repeat: { everySeconds: LOOK_SECONDS, atMost: TIMEOUT_SECONDS / LOOK_SECONDS },
    },
  },
  onFault: { step: 'reject', timeoutSeconds: WORK_SECONDS },
});
