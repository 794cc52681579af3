import type { AlarmManifest, WorkerManifest } from '../platform/manifest';

/** Functions of this service that callers do not see. A worker may invoke those before it. */
export const decisionsWorkers: readonly WorkerManifest[] = [
  {
    name: 'decider',
    description: 'Compiles decisions, and ends runs whose worker was lost',
    memoryMb: 1024,
    timeoutSeconds: 60,
    toldToStreams: 'NARAE_DECIDER_FUNCTION',
    trigger: {
      by: 'event',
      retries: 2,
      // A run that nobody has begun is ended after a minute.
      maxAgeMinutes: 5,
      schedule: { everyMinutes: 1, description: 'Has decision runs looked after whose worker was lost' },
    },
    needs: {
      runs: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      entities: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
      models: ['provider', 'embedder'],
      settings: ['NARAE_DECISIONS'],
    },
  },
  {
    name: 'meeting',
    description: 'Generates meetings about decisions',
    memoryMb: 512,
    timeoutSeconds: 150,
    trigger: { by: 'event', retries: 2, maxAgeMinutes: 5 },
    needs: {
      runs: ['GetItem', 'PutItem', 'UpdateItem'],
      entities: ['GetItem', 'Query', 'PutItem'],
      models: ['provider'],
      settings: ['NARAE_DECISIONS'],
    },
  },
  {
    name: 'meeting-opener',
    description: 'Begins meetings for the function that streams them',
    memoryMb: 512,
    timeoutSeconds: 15,
    toldToStreams: 'NARAE_MEETING_FUNCTION',
    trigger: { by: 'request' },
    needs: {
      runs: ['GetItem', 'PutItem'],
      entities: ['GetItem', 'Query', 'PutItem', 'BatchWriteItem'],
      invokes: { NARAE_GENERATOR_FUNCTION: 'meeting' },
    },
  },
];

export const decisionsAlarms: readonly AlarmManifest[] = [
  {
    name: 'decisions-not-compiled',
    meaning:
      'Runs of decisions could neither be compiled nor ended; who follows them waits a minute, and sees an error.',
    on: { deadLettersOf: 'decider' },
  },
  {
    name: 'meetings-not-generated',
    meaning:
      'Generated meetings could neither be generated nor ended; who follows them waits a minute, and sees an error.',
    on: { deadLettersOf: 'meeting' },
  },
  {
    name: 'decisions-failing',
    meaning:
      'Runs of decisions or generated meetings failed by a fault of ours, not of a provider; trying again may not help.',
    on: { counted: 'DecisionFaults' },
  },
];
