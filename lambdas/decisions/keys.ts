/**
 * Keys of this service in the entities table. An issue, its run and its card share what comes after the prefix of their ids,
 * so each leads to the others without an index.
 */

const PREFIXES = { issue: 'iss_', run: 'run_', card: 'card_' } as const;
type Kind = keyof typeof PREFIXES;
const BASE = /^[A-Za-z0-9]{1,64}$/;

export const idOf = (kind: Kind, base: string): string => `${PREFIXES[kind]}${base}`;

/** What comes after the prefix; undefined: it is not the id of such a thing. */
export function baseOf(kind: Kind, id: string): string | undefined {
  const base = id.slice(PREFIXES[kind].length);
  return id.startsWith(PREFIXES[kind]) && BASE.test(base) ? base : undefined;
}

const ofDecision = (workspace: string, base: string): string => `${workspace}#DECISION#${base}`;

export const issueKey = (workspace: string, base: string) => ({ pk: ofDecision(workspace, base), sk: 'ISSUE' });
export const runKey = (workspace: string, base: string) => ({ pk: ofDecision(workspace, base), sk: 'RUN' });
export const cardKey = (workspace: string, base: string) => ({ pk: ofDecision(workspace, base), sk: 'CARD' });
/** What the last iteration found: the subgraph is drawn from it, and the next iteration and meetings read it. */
export const compiledKey = (workspace: string, base: string) => ({ pk: ofDecision(workspace, base), sk: 'COMPILED' });
/** Notes of meetings, and how many utterances there are. */
export const meetingKey = (workspace: string, base: string) => ({ pk: ofDecision(workspace, base), sk: 'MEETING' });
export const utterancesPartition = (workspace: string, base: string): string =>
  `${ofDecision(workspace, base)}#UTTERANCES`;

/** A workspace's issues, by the time they were created. */
export const issuesPartition = (workspace: string): string => `${workspace}#DECISION_ISSUES`;
/** Runs that are not at their end: who looks after lost ones reads them. */
export const OPEN_RUNS = 'DECISION_RUNS_OPEN';

/** The audit log, whole and by run: each entry is written to both, in one transaction. */
export const auditPartition = (workspace: string): string => `${workspace}#DECISION_AUDIT`;
export const auditOfRunPartition = (workspace: string, base: string): string => `${ofDecision(workspace, base)}#AUDIT`;

/** What a person did and was asked to do, by time: metrics are counted from it. */
export const activityPartition = (workspace: string, personId: string): string =>
  `${workspace}#DECISION_ACTIVITY#${personId}`;
/** PENDING cards by owner, in a few items so that acts of different people seldom meet. */
export const openCardsPartition = (workspace: string): string => `${workspace}#DECISION_OPEN_CARDS`;
/** Experiences that decisions of people have added, by time. */
export const experiencesPartition = (workspace: string): string => `${workspace}#DECISION_EXPERIENCES`;

/** The organisation, which all workspaces have in common: which version is whole in the table, by embedder, and its chunks. */
export const peopleKey = (embedder: string) => ({ pk: 'DECISION_PEOPLE', sk: embedder });
export const peopleChunksPartition = (version: string): string => `DECISION_PEOPLE#${version}`;
/** Vectors of many texts, until all of a version's are whole: whoever embeds them may be interrupted. */
export const vectorsKey = (embedder: string, texts: string) => ({ pk: `DECISION_VECTORS#${embedder}`, sk: texts });
