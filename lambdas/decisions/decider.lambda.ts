import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { LogStore } from '../engine';
import { dynamo } from '../platform/aws/clients';
import { readEnv } from '../platform/env';
import { counterOf, telemetry } from '../platform/telemetry';
import { systemClock } from '../platform/time/clock';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { budgetsOf, withinBudget } from './compile/budget';
import { compileRun, type Compiled } from './compile/compile-run';
import { sweep, type Swept } from './compile/look-after';
import type { CompilePorts, RunReport } from './compile/ports';
import { baseOf } from './keys';
import { meetingNotes } from './meeting/notes';
import { PEOPLE_FILE } from './people/people-file';
import { chosenBy, chosenEnv } from './providers/chosen';
import { AuditLog } from './store/audit';
import { DecisionStore } from './store/decision-store';
import { MeetingStore } from './store/meeting-store';
import { keptEmbedder } from './store/kept-vectors';
import { OpenRuns } from './store/open-runs';
import { PeopleStore } from './store/people-store';
import { PersonStore } from './store/person-writes';

/**
 * Compiles decisions: an event names a run, whose iteration is then taken to its end. Woken by a schedule instead, it ends
 * runs whose worker was lost (docs/adr/0032-fenced-decision-runs.md).
 */

/** Nobody waits, and what a worker holds it insists on writing. */
const STORE_TRIES = 10;

const env = readEnv(chosenEnv);
const { provider, embedder } = chosenBy(env);
const { logger } = telemetry('decider', env);
const count = counterOf('decisions', env.NARAE_STAGE);
const db = dynamo(STORE_TRIES);
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const entities = env.NARAE_ENTITIES_TABLE;
const logs = new LogStore(db, env.NARAE_RUNS_TABLE);
const audit = new AuditLog(db, entities);
const meetings = new MeetingStore(db, entities);
const currentEmbedder = env.NARAE_DECISIONS.embedder;
const { organisation } = new PeopleStore(db, entities, PEOPLE_FILE, (name) =>
  name === 'local' ? embedder(name) : keptEmbedder(embedder(name), db, entities, systemClock),
);

const ports: CompilePorts = {
  db,
  clock: systemClock,
  logs,
  audit,
  store: new DecisionStore(db, entities, logs, audit),
  people: new PersonStore(db, entities),
  openRuns: new OpenRuns(db, entities),
  organisation,
  embedder,
  currentEmbedder,
  provider,
  budgets: budgetsOf,
  notes: (place) => meetingNotes(place, meetings),
  report,
};

/** A provider's failure is counted by what it was; a fault of ours is logged with its cause. */
function report({ runId, stage, provider: kind, cause }: RunReport): void {
  if (kind === undefined) logger.error('a decision run failed', { runId, stage, cause });
  else logger.warn('a provider failed', { runId, stage, kind, cause });
  count(kind === undefined ? 'DecisionFaults' : 'ProviderFailures');
}

/** Of who starts a run: the API, or a follower who found it not begun. */
const Start = z.object({ workspace: z.string(), runId: z.string() });

export const handler = async (event: unknown, context: Context): Promise<Compiled | Swept> => {
  await timeKnown;
  const start = Start.safeParse(event);
  if (start.success) {
    const base = baseOf('run', start.data.runId);
    return base === undefined ? 'nothing to do' : compileRun({ workspace: start.data.workspace, base }, ports);
  }
  const swept = await sweep(ports, () => context.getRemainingTimeInMillis());
  if (swept.closed > 0) logger.warn('decision runs were looked after', { ...swept });
  await prepare(context.getRemainingTimeInMillis() - SPARE_MS);
  return swept;
};

/** Left over of a sweep's time, ms. */
const SPARE_MS = 10_000;

/** A model embeds what everybody has experienced in a minute or so: that is not left to the first run. */
async function prepare(ms: number): Promise<void> {
  if (currentEmbedder === 'local' || ms <= 0) return;
  await withinBudget(ms, new AbortController().signal, () => organisation(currentEmbedder)).catch((cause: unknown) => {
    logger.warn('experiences are not embedded yet', { embedder: currentEmbedder, cause });
  });
}
