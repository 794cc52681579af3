import type { Domain, Tier } from '../model';
import { ownerPath, ownerPaths, segmentsOf } from '../people/structure';
import type { OrganisationIndex } from './organisation-index';

export interface Scope {
  /** `payments_team` */
  readonly name: string;
  /** Edges that it reaches from the owner teams. */
  readonly hop: 1 | 2;
  /** Ids of everybody within, without the submitter. */
  readonly members: ReadonlySet<string>;
}

/** Who is near enough to judge (docs/contracts/decisions.md#organisation-data-and-scope). */
export function activateScope(
  index: OrganisationIndex,
  { domains, tier, submitterId }: { domains: readonly Domain[]; tier: Tier; submitterId: string },
): Scope {
  const owners = new Set(ownerPaths(domains));
  const hop = tier === 'LOW' ? 1 : 2;
  const members = new Set(index.people.filter(({ orgPath }) => owners.has(orgPath)).map(({ id }) => id));
  let edge: readonly string[] = [...members];
  for (let step = 0; step < hop; step += 1) {
    edge = edge.flatMap((id) => (index.ties.get(id) ?? []).map(({ to }) => to)).filter((id) => !members.has(id));
    for (const id of edge) members.add(id);
  }
  // The way leads through the submitter too; only as a judge they are no use.
  members.delete(submitterId);
  return { name: `${segmentsOf(ownerPath(domains[0])).at(-1)?.toLowerCase() ?? ''}_team`, hop, members };
}
