import * as z from 'zod';
import { LIMITS } from './limits';
import { utf8Bytes, WELL_FORMED } from './text-rules';

/** UTF-8 source of one file. */
export const SourceCode = z
  .string()
  .min(1)
  .refine((code) => utf8Bytes(code) <= LIMITS.codeBytes, { error: `must have at most ${LIMITS.codeBytes} bytes` })
  .refine(...WELL_FORMED)
  .meta({ description: 'Source of one file, UTF-8, 1 byte to 1 MiB.' });
