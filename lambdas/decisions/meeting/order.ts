import * as z from 'zod';
import type { NewEvent } from '../../engine';
import type { ProviderName } from '../model';

/** A meeting as the function of streams asks for it, which has judged the request by its contract. */
export const MeetingWanted = z.object({
  workspace: z.string(),
  runId: z.string(),
  meeting: z.object({
    issue_id: z.string(),
    participants: z.array(z.object({ name: z.string(), role: z.string(), persona_description: z.string() })),
    meeting_config: z.object({ target_turns: z.number(), tone: z.string(), conflict_level: z.string() }),
  }),
});
export type MeetingWanted = z.output<typeof MeetingWanted>;

/** What the generator is to do. */
export const MeetingOrder = MeetingWanted.extend({
  /** The log that the meeting is told to. */
  logId: z.string(),
  generation: z.number(),
});
export type MeetingOrder = z.output<typeof MeetingOrder>;

export const MEETING_LOG = 'meeting';
/** Without anything new for so long, the generator is lost. */
export const MEETING_SILENCE_MS = 60_000;
/** A meeting is followed once, by who asked for it; what was said is kept elsewhere. */
export const MEETING_LOG_KEPT_MS = 86_400_000;

export const meetingError = (message: string, recoverable: boolean): NewEvent => ({
  event: 'error',
  data: { stage: 'virtual_meeting', message, recoverable },
});

/** Milliseconds that a whole meeting may take: it ends before who follows it is cut off (docs/contracts/decisions.md#events). */
export const meetingBudgetMs = (provider: ProviderName): number => (provider === 'rules' ? 60_000 : 110_000);
