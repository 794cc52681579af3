import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { budgetsOf } from '../../../../lambdas/decisions/compile/budget';
import type { CompilePorts, RunReport } from '../../../../lambdas/decisions/compile/ports';
import { DECISION_LOG, RUN_SILENCE_MS } from '../../../../lambdas/decisions/limits';
import type { IssueInput, RunRecord } from '../../../../lambdas/decisions/model';
import { localEmbedder } from '../../../../lambdas/decisions/people/local-embedder';
import { rulesProvider } from '../../../../lambdas/decisions/providers/rules';
import { indexOrganisation } from '../../../../lambdas/decisions/rules/organisation-index';
import { lastWordsAt } from '../../../../lambdas/decisions/runs/lost-run';
import { AuditLog, type DecisionPlace } from '../../../../lambdas/decisions/store/audit';
import { DecisionStore } from '../../../../lambdas/decisions/store/decision-store';
import { OpenRuns } from '../../../../lambdas/decisions/store/open-runs';
import { PersonStore } from '../../../../lambdas/decisions/store/person-writes';
import { AuditReader } from '../../../../lambdas/decisions/store/read-audit';
import type { LoggedEvent } from '../../../../lambdas/engine/events/logged-event';
import { LogStore } from '../../../../lambdas/engine/store/log-store';
import type { Clock } from '../../../../lambdas/platform/time/clock';
import { createTable, testDynamo } from '../../../support/aws';
import { testClock, type TestClock } from '../../../support/clock';
import { ISSUES } from '../issues';
import { organisation } from '../organisation';
import { issueRecord, runRecord } from '../records';
import { newPlace } from '../support';

const INDEX = indexOrganisation(organisation());

export interface Tables {
  readonly entities: string;
  readonly runs: string;
}

/** What a worker stands on, over tables of the test's own. */
export function workerPorts(
  db: DynamoDBDocumentClient,
  { entities, runs }: Tables,
  clock: Clock,
  more: Partial<CompilePorts> = {},
): CompilePorts {
  const logs = new LogStore(db, runs);
  const audit = new AuditLog(db, entities);
  return {
    db,
    clock,
    logs,
    audit,
    store: new DecisionStore(db, entities, logs, audit),
    people: new PersonStore(db, entities),
    openRuns: new OpenRuns(db, entities),
    organisation: () => Promise.resolve(INDEX),
    embedder: () => localEmbedder,
    currentEmbedder: 'local',
    provider: () => rulesProvider,
    budgets: budgetsOf,
    notes: () => Promise.resolve([]),
    report: ({ cause }) => {
      throw new Error('a run failed that should not', { cause });
    },
    ...more,
  };
}

/** Decisions of one test file. */
export interface Bench {
  readonly ports: CompilePorts;
  readonly clock: TestClock;
  readonly tables: Tables;
  /** An issue whose run nobody has begun yet. */
  readonly submit: (issue?: IssueInput, run?: Partial<RunRecord>) => Promise<DecisionPlace>;
  readonly events: (place: DecisionPlace, after?: number) => Promise<LoggedEvent[]>;
  readonly audited: (place: DecisionPlace) => Promise<string[]>;
  readonly run: (place: DecisionPlace) => Promise<RunRecord>;
}

export async function bench(): Promise<Bench> {
  const db = testDynamo();
  const tables = { entities: await createTable(db), runs: await createTable(db) };
  const clock = testClock();
  const ports = workerPorts(db, tables, clock);
  const reader = new AuditReader(db, tables.entities);
  return {
    ports,
    clock,
    tables,
    submit: async (issue = ISSUES.A, run = {}) => {
      const place = newPlace();
      const { workspace, base } = place;
      const createdAt = clock.now();
      await ports.store.create({
        base,
        issue: issueRecord(workspace, base, { ...issue, createdAt }),
        run: runRecord(workspace, base, { createdAt, ...run }),
        deadline: { idleMs: RUN_SILENCE_MS, lastWords: lastWordsAt('initial_decision') },
        entries: [],
      });
      return place;
    },
    events: async ({ base }, after = 0) => {
      const log = await ports.logs.find(DECISION_LOG, `run_${base}`, clock.now());
      return log ? ports.logs.eventsAfter(log, after, 10_000) : [];
    },
    audited: async (place) => (await reader.timeline(place)).map(({ event_type }) => event_type),
    run: async (place) => {
      const run = await ports.store.run(place);
      if (!run) throw new Error('There is no run.');
      return run;
    },
  };
}

/** Collects what is reported. */
export function reports(): { readonly all: RunReport[]; readonly report: CompilePorts['report'] } {
  const all: RunReport[] = [];
  return { all, report: (failed) => void all.push(failed) };
}

/** An event's name with what a table of the contract has beside it, once for each row. */
export const rowsOf = (events: readonly LoggedEvent[]): string[] =>
  events.map(({ event }) => event).filter((event, at, all) => event !== all[at - 1]);

export const ALL_ROWS = [
  'initial_decision.started',
  'initial_decision.thinking',
  'initial_decision.completed',
  'safety_check.applied',
  'rule_applied',
  'graph_scope_activated',
  'graph_candidates',
  'vector_ranked',
  'reference_nodes_found',
  'meeting_ready',
  'risk_review.started',
  'risk_review.agent.message',
  'risk_review.completed',
  'owner_search.started',
  'owner_search.candidates',
  'owner_search.assigned',
  'decision_card',
  'decision_card.assigned',
];
