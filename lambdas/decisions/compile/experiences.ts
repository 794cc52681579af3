import { inGroups } from '../../platform/in-groups';
import type { Experience } from '../model';
import type { Embedder } from '../people/embedder';
import { experiencesOf, type DecidedExperience, type PersonStore } from '../store/person-writes';

/** Experiences whose new vectors are stored before further ones are made. */
const AT_ONCE = 25;

/**
 * What decisions of a workspace have added, as this embedder compares it. Those of another embedder are embedded anew and
 * kept so: after a change, the first runs do it for all later ones (docs/contracts/decisions.md#routing-score).
 * @throws ProviderFailed of the embedder
 */
export async function experiencesBy(
  embedder: Embedder,
  workspace: string,
  people: PersonStore,
  signal: AbortSignal,
): Promise<Experience[]> {
  const stored = await people.decidedExperiences(workspace);
  const others = stored.filter((one) => one.embedder !== embedder.name);
  const renewed = new Map<string, DecidedExperience>();
  for (let from = 0; from < others.length; from += AT_ONCE) {
    const group = others.slice(from, from + AT_ONCE);
    const vectors = await embedder.embed(group.map(textOf), signal);
    await inGroups(group, AT_ONCE, async (one, at) => {
      const again = { ...one, vector: [...(vectors[at] ?? [])], embedder: embedder.name };
      renewed.set(one.base, again);
      await people.experienceRenewed(workspace, one, again);
    });
  }
  return stored.flatMap((one) => experiencesOf(renewed.get(one.base) ?? one, embedder.name));
}

/** What is kept of the issue: its beginning, and what it was about. */
const textOf = ({ summary, domains }: DecidedExperience): string => [summary, ...domains].join(' ');
