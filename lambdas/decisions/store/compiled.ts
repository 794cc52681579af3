import * as z from 'zod';
import { DOMAINS, EMBEDDERS } from '../model';

/**
 * What an iteration of a run has found out, beside its card: the subgraph is drawn from it
 * (docs/contracts/decisions.md#audit-metrics-graphs-meetings), a decision adds experiences by it, and meetings are about it.
 * It is written before `owner_search.assigned` can be seen, and for the first time before `meeting_ready`.
 */
export const CompiledRecord = z.object({
  /** Of the run: what a record of an earlier iteration says is old. */
  feedbackIteration: z.number(),
  domains: z.array(z.enum(DOMAINS)),
  /** Best first, with the score of each. */
  core: z.array(z.object({ personId: z.string(), score: z.number() })),
  references: z.array(z.object({ personId: z.string(), score: z.number() })),
  /** Ids, in the order of `meeting_ready`. */
  participants: z.array(z.string()),
  /** null until the owner is found. */
  ownerId: z.string().nullable(),
  coReviewerIds: z.array(z.string()),
  /** The vector of the issue, and what made it: a decision of people keeps it as their experience. */
  vector: z.array(z.number()),
  embedder: z.enum(EMBEDDERS),
});
export type CompiledRecord = z.output<typeof CompiledRecord>;
