import { DOMAINS, type Domain, type Person } from '../model';
import { ownerPath } from '../people/structure';
import { domainOf } from './domains';
import { breakdownOf } from './event-data';
import { bestFirst, type OrganisationIndex } from './organisation-index';
import { fourDecimals } from './rounding';
import { freeOf, nearnessTo, scoreOf, type OpenCards, type Parts } from './score';

export interface RoutingWeights {
  readonly domain: string | null;
  readonly weights: readonly {
    readonly person_id: string;
    readonly score: number;
    readonly breakdown: Parts;
    readonly weight: number;
  }[];
  readonly unknown_ids: readonly string[];
}

/** Experiences that are as much as can be had. */
const MANY_IN_DOMAIN = 3;
const MANY = 10;

/**
 * How much of a kind of issue each candidate should get (docs/contracts/decisions.md#audit-metrics-graphs-meetings).
 * @param domain its name is given back; null or an unknown one: no domain is looked at
 */
export function weighCandidates(
  index: OrganisationIndex,
  { ids, domain, openCards }: { ids: readonly string[]; domain: string | null; openCards: OpenCards },
): RoutingWeights {
  const unique = [...new Set(ids)];
  const known = domain === null ? undefined : domainOf(domain);
  const scored = unique.flatMap((id) => {
    const person = index.byId.get(id);
    if (!person) return [];
    const parts = partsOf(index, person, known, openCards);
    return [{ id, parts, score: scoreOf(parts) }];
  });
  const sum = scored.reduce((total, { score }) => total + score, 0);
  return {
    domain,
    weights: bestFirst(
      scored,
      ({ score }) => score,
      ({ id }) => id,
    ).map(({ id, parts, score }) => ({
      person_id: id,
      score: fourDecimals(score),
      breakdown: breakdownOf({ parts }),
      weight: sum === 0 ? 0 : fourDecimals(score / sum),
    })),
    unknown_ids: unique.filter((id) => !index.byId.has(id)),
  };
}

function partsOf(
  { experiences }: OrganisationIndex,
  person: Person,
  domain: Domain | undefined,
  openCards: OpenCards,
): Parts {
  const all = experiences.get(person.id) ?? [];
  const load = freeOf(person, openCards.get(person.id) ?? 0);
  if (domain === undefined) {
    const strengths = DOMAINS.map((one) => person.domainStrength[one]);
    return { participation: Math.min(1, all.length / MANY), domain: Math.max(...strengths), tree: 1, load };
  }
  const inDomain = all.filter(({ domains }) => domains.includes(domain)).length;
  return {
    participation: Math.min(1, inDomain / MANY_IN_DOMAIN),
    domain: person.domainStrength[domain],
    tree: nearnessTo(person, ownerPath(domain)),
    load,
  };
}
