import type { DecisionPlace } from '../store/audit';
import type { MeetingStore } from '../store/meeting-store';

/** Characters that a provider is told at most: those of the newest. */
const MOST = 20_000;

/** What meetings about a run have come to, for what is asked next of a provider. */
export async function meetingNotes(place: DecisionPlace, meetings: MeetingStore): Promise<readonly string[]> {
  const newest: string[] = [];
  let room = MOST;
  for (const one of (await meetings.said(place)).toReversed()) {
    room -= one.length;
    if (room < 0) break;
    newest.unshift(one);
  }
  return newest;
}
