import * as z from 'zod';
import { SpinConfiguration } from '../spin-target/contract';

/** `NARAE_SPIN`: absent where the installation has no cluster. */
export const spinSetting = z
  .string()
  .transform((text) => SpinConfiguration.parse(JSON.parse(text)))
  .optional();
