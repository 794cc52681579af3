import type { CompiledRecord } from '../store/compiled';
import {
  graphCandidates,
  graphScopeActivated,
  meetingReady,
  referenceNodesFound,
  vectorRanked,
} from '../rules/event-data';
import { withExperiences, type OrganisationIndex } from '../rules/organisation-index';
import { fourDecimals } from '../rules/rounding';
import { routedText, routeIssue, type Routing } from '../rules/route-issue';
import type { SafetyCheck } from '../rules/safety-check';
import type { Experience } from '../model';
import { withinBudget } from './budget';
import { experiencesBy } from './experiences';
import type { Iteration } from './iteration';

/** Whom the issue concerns, and what is kept of that. */
export interface Routed {
  readonly routing: Routing;
  readonly compiled: CompiledRecord;
}

/** Finds those who should judge the issue. */
export async function route(iteration: Iteration, check: SafetyCheck): Promise<Routed> {
  const { begun, reading, writer, ports, enter } = iteration;
  enter('graph');
  const { place, run } = begun;
  const { index, added, openCards, issueVector } = await gather(iteration);
  const routing = routeIssue(withExperiences(index, added), {
    facts: reading.facts,
    triggers: reading.triggers,
    tier: check.tier,
    submitterId: run.submitterId,
    issueVector,
    openCards,
    language: reading.language,
  });
  await writer.add({
    then: 'vector',
    events: [
      { event: 'graph_scope_activated', data: graphScopeActivated(routing) },
      { event: 'graph_candidates', data: graphCandidates(routing) },
    ],
  });
  enter('vector');
  await writer.add({
    then: 'meeting',
    events: [
      { event: 'vector_ranked', data: vectorRanked(routing) },
      { event: 'reference_nodes_found', data: referenceNodesFound(routing) },
    ],
  });
  enter('meeting');
  const compiled = compiledBy(iteration, routing, issueVector);
  await writer.add({
    then: 'risk_review',
    events: [{ event: 'meeting_ready', data: meetingReady(routing, reading.language) }],
    also: [ports.store.compiledWritten(place, compiled)],
  });
  return { routing, compiled };
}

/** What the search needs to know. Embedders may be models, so that it ends with the run's time. */
function gather({ begun, reading, ports, budgets, whole }: Iteration): Promise<Gathered> {
  const { place, run, issue } = begun;
  const { people } = ports;
  const embedder = ports.embedder(run.embedder);
  return withinBudget(budgets.run, whole, async ({ signal }) => {
    const [index, added, openCards, [issueVector = new Float32Array()]] = await Promise.all([
      ports.organisation(run.embedder),
      run.embedder === ports.currentEmbedder
        ? experiencesBy(embedder, place.workspace, people, signal)
        : people.experiences(place.workspace, run.embedder),
      people.openCards(place.workspace),
      embedder.embed([routedText(issue, run.feedback, reading.facts)], signal),
    ]);
    return { index, added, openCards, issueVector };
  });
}

interface Gathered {
  readonly index: OrganisationIndex;
  readonly added: readonly Experience[];
  readonly openCards: ReadonlyMap<string, number>;
  readonly issueVector: Float32Array;
}

const compiledBy = ({ begun, reading }: Iteration, routing: Routing, vector: Float32Array): CompiledRecord => ({
  feedbackIteration: begun.run.feedbackIteration,
  domains: [...reading.facts.domains],
  core: routing.core.map(({ person, score }) => ({ personId: person.id, score: fourDecimals(score) })),
  references: routing.references.map(({ person, similarity }) => ({
    personId: person.id,
    score: fourDecimals(similarity),
  })),
  participants: routing.participants.map(({ person }) => person.id),
  ownerId: null,
  coReviewerIds: [],
  vector: [...vector],
  embedder: begun.run.embedder,
});
