import type { UseCases } from '../../platform/http/endpoint';
import { missing, placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { ofRun, person } from '../store/entries';
import { userOf } from '../user';

type Cases = UseCases<typeof decisionsRoutes>;

export const addToMeeting =
  (ports: Ports): Cases['addToMeeting'] =>
  async ({ params: { run_id }, body: { notes, utterances, replace_existing } }, context) => {
    const place = placeOf('run', run_id, context);
    const userId = userOf(context.headers);
    if (!(await ports.store.run(place))) throw missing('run');
    const now = ports.clock.now();
    const told = ofRun('COMMENT_ADDED', place.base, person(userId), {
      action: 'meeting',
      utterances: utterances.length,
      notes: notes !== null,
    });
    await ports.meetings.add(
      place,
      { utterances, notes: notes ?? undefined, replaceExisting: replace_existing },
      now,
      async () => ports.audit.added(place, await ports.audit.head(place), [told], now).writes,
    );
    return {
      body: { run_id, utterance_count: utterances.length, notes_saved: notes !== null && notes !== '' },
    };
  };

export const listUtterances =
  ({ meetings, store }: Ports): Cases['listUtterances'] =>
  async ({ params: { run_id } }, context) => {
    const place = placeOf('run', run_id, context);
    const [run, { head, utterances }] = await Promise.all([store.run(place), meetings.read(place)]);
    if (!run) throw missing('run');
    return {
      body: {
        run_id,
        utterances,
        total_count: utterances.length,
        notes: head?.notes ?? null,
        summary: head?.summary ?? null,
        total_turns: utterances.reduce((most, { turn }) => Math.max(most, turn), 0),
      },
    };
  };
