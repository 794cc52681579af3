import * as z from 'zod';
import { PATHS, TIERS } from '../model';
import { PERSPECTIVES } from './provider';

/** What models have to answer. The text that people read along comes first, so that it can be shown while it is written. */

/** @param most characters */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .overwrite((value) => value.toWellFormed())
    .refine((value) => value.trim() !== '', 'must not be blank');

export const DecisionAnswer = z.object({
  reasoning: text(4_000),
  risk_tier: z.enum(TIERS),
  execution_path: z.enum(PATHS),
  key_factors: z.array(text(200)).min(1).max(10),
});

export const ReviewAnswer = z.object({
  message: text(2_000),
  findings: z
    .array(
      z.object({
        risk_type: text(60),
        severity: z.int().min(1).max(5),
        evidence: text(500),
        recommendation: text(500),
      }),
    )
    .max(5),
});

export const CardAnswer = z.object({
  summary: text(1_000),
  reasoning: text(4_000),
  rollback_conditions: text(1_000),
  next_steps: z.array(text(300)).min(1).max(10),
});

export const roundAnswer = (participants: number) =>
  z.object({
    remarks: z.array(z.object({ text: text(2_000), perspective: z.enum(PERSPECTIVES) })).length(participants),
  });
