import * as z from 'zod';
import { USER_ID_HEADER } from '../platform/auth/user-id';

/** What rows of this service's route tables have in common (docs/contracts/decisions.md#endpoints). */

export const user = { 'X-User-ID': { ...USER_ID_HEADER, required: true } } as const;
export const asked = ['USER_ID_REQUIRED', 'VALIDATION_ERROR'] as const;
export const sent = [
  ...asked,
  'INVALID_JSON',
  'PAYLOAD_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_PROGRESS',
] as const;
export const byRun = z.object({ run_id: z.string() });
export const replayed = ['Idempotency-Replayed'] as const;
export const filter = z.string().optional();
export const MAX_OFFSET = 1_000_000_000;
