import * as z from 'zod';
import { WELL_FORMED } from '../engine/contract';

/** What the stream function is sent, and what it hands on, of virtual meetings (docs/contracts/decisions.md#endpoints). */

/** Lengths are code points, as JSON Schema counts them. */
const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => Array.from(value).length >= min, { error: `must have at least ${min} characters` })
    .refine((value) => Array.from(value).length <= max, { error: `must have at most ${max} characters` })
    .refine(...WELL_FORMED)
    .meta({ minLength: min, maxLength: max });

const MeetingConfig = z.object({
  target_turns: z.int().min(5).max(20).default(10),
  tone: text(0, 50).default('balanced'),
  conflict_level: text(0, 50)
    .default('medium')
    .meta({ description: 'low, medium or high; another word stands for medium.' }),
});

const MeetingParticipant = z.object({
  name: text(1, 100),
  role: text(1, 50),
  persona_description: text(0, 500),
});

export const MeetingBody = z
  .object({
    issue_id: text(1, 128).meta({ description: 'The issue of the run, or the id of the run.' }),
    // In the words of docs/contracts/decisions.md#worked-examples.
    participants: z
      .array(MeetingParticipant)
      .min(2, { error: ': at least 2 items' })
      .max(6, { error: ': at most 6 items' }),
    meeting_config: MeetingConfig.prefault({}),
  })
  .meta({ id: 'VirtualMeetingRequest' });

/** A meeting as the decisions service is asked to begin it. */
export interface MeetingWanted {
  readonly workspace: string;
  readonly runId: string;
  readonly meeting: z.output<typeof MeetingBody>;
}

/** What the service says: the log that the meeting is written to, or why there is none. */
export const MeetingBegun = z.union([
  z.object({ logId: z.string() }),
  z.object({
    refused: z.object({
      code: z.enum(['RUN_NOT_FOUND', 'VALIDATION_ERROR']),
      message: z.string(),
      field: z.string().optional(),
    }),
  }),
]);
export type MeetingBegun = z.output<typeof MeetingBegun>;
