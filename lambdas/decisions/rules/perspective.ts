import { PERSPECTIVES, type MeetingRound, type Participant, type Remark } from '../providers/provider';

type Perspective = Remark['perspective'];

/** What people say one after the other, by how much they are to disagree. */
const CYCLES: Readonly<Record<MeetingRound['conflictLevel'], readonly Perspective[]>> = {
  low: ['supportive', 'neutral', 'supportive', 'neutral', 'concerned'],
  medium: ['neutral', 'concerned', 'supportive', 'concerned', 'critical'],
  high: ['critical', 'concerned', 'neutral', 'critical', 'supportive'],
};
const CAREFUL = /cautious|conservative|risk|보수|신중/;
const BOLD = /fast|bold|aggressive|공격|적극/;

/**
 * How a participant sees the issue in a round of a meeting by rules (docs/contracts/decisions.md#audit-metrics-graphs-meetings).
 * @param index of the participant, from 0
 */
export function perspectiveOf(
  { turn, conflictLevel }: Pick<MeetingRound, 'turn' | 'conflictLevel'>,
  index: number,
  { persona }: Pick<Participant, 'persona'>,
): Perspective {
  const cycle = CYCLES[conflictLevel];
  const start = PERSPECTIVES.indexOf(cycle[(turn - 1 + index) % cycle.length] ?? 'neutral');
  const description = persona.normalize('NFC').toLowerCase();
  const step = Number(CAREFUL.test(description)) - Number(BOLD.test(description));
  return PERSPECTIVES[Math.min(PERSPECTIVES.length - 1, Math.max(0, start + step))] ?? 'neutral';
}
