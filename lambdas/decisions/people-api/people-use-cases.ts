import type { UseCases } from '../../platform/http/endpoint';
import { AppError } from '../../platform/http/errors';
import { iso } from '../../platform/time/clock';
import type { PersonView } from '../contract-people';
import type { Person } from '../model';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { expertise } from '../rules/graph';
import { metricsOf } from '../rules/metrics';
import { byCodeUnits, withExperiences } from '../rules/organisation-index';
import { weighCandidates as weigh } from '../rules/routing-weights';
import type { Activity } from '../store/person-writes';
import { userOf } from '../user';

type Cases = UseCases<typeof decisionsRoutes>;

const DAY_MS = 86_400_000;
/** When the invented people were: the data has no time of its own. */
const INVENTED_AT = iso(Date.UTC(2026, 0, 1));

const everybody = ({ organisation }: Ports) => organisation();

export const listPersons =
  (ports: Ports): Cases['listPersons'] =>
  async ({ query: { role } }) => {
    const { people } = await everybody(ports);
    const found = people.filter((person) => (role ?? person.role) === person.role);
    return { body: found.sort((a, b) => byCodeUnits(a.name, b.name) || byCodeUnits(a.id, b.id)).map(toPerson) };
  };

export const getMe =
  (ports: Ports): Cases['getMe'] =>
  async (_request, { headers }) => {
    const { byId } = await everybody(ports);
    const person = byId.get(userOf(headers));
    if (!person) throw nobody();
    return { body: toPerson(person) };
  };

export const getPersonMetrics =
  (ports: Ports): Cases['getPersonMetrics'] =>
  async ({ params: { person_id }, query: { period_days } }, { principal }) => {
    const { workspace } = principal;
    const { byId, experiences } = await everybody(ports);
    const person = byId.get(person_id);
    if (!person) throw nobody();
    const [activity, openCards, decided] = await Promise.all([
      ports.people.activity(workspace, person_id, ports.clock.now() - period_days * DAY_MS),
      ports.people.openCards(workspace),
      ports.people.experiences(workspace, ports.judges.embedder),
    ]);
    const own = decided.filter(({ personId }) => personId === person_id).length;
    return {
      body: metricsOf(person, {
        periodDays: period_days,
        acts: oncePerCard(activity),
        openCards: openCards.get(person_id) ?? 0,
        experiences: (experiences.get(person_id)?.length ?? 0) + own,
      }),
    };
  };

/** Each iteration of a run assigns its card anew: it is one card all the same. */
function oncePerCard(activity: readonly Activity[]): Activity[] {
  const seen = new Set<string>();
  return activity.filter(({ kind, base }) => {
    if (kind !== 'OWNED' && kind !== 'CO_REVIEWED') return true;
    const name = `${kind} ${base}`;
    return !seen.has(name) && seen.add(name);
  });
}

export const weighCandidates =
  (ports: Ports): Cases['weighCandidates'] =>
  async ({ body: { candidate_ids, domain } }, { principal }) => {
    const [index, openCards, decided] = await Promise.all([
      everybody(ports),
      ports.people.openCards(principal.workspace),
      ports.people.experiences(principal.workspace, ports.judges.embedder),
    ]);
    const { weights, unknown_ids, ...rest } = weigh(withExperiences(index, decided), {
      ids: candidate_ids,
      domain,
      openCards,
    });
    return { body: { ...rest, weights: [...weights], unknown_ids: [...unknown_ids] } };
  };

const nobody = (): AppError => new AppError('PERSON_NOT_FOUND', 'There is no person of this id.');

function toPerson(person: Person): PersonView {
  const { id, name, email, role, team, department, level, title, orgPath } = person;
  return {
    ...{ id, name, email, role, team, department, level, title },
    expertise: expertise(person).join(',') || null,
    created_at: INVENTED_AT,
    updated_at: INVENTED_AT,
    org_path: orgPath,
  };
}
