import type * as z from 'zod';
import { secretReader } from '../../platform/auth/secrets';
import { secretsManager } from '../../platform/aws/clients';
import { commonEnv, jsonText } from '../../platform/env';
import { systemClock } from '../../platform/time/clock';
import { choose, type Chosen } from './choose';
import { DecisionsConfiguration } from './contract';

/** Of a function that asks providers. */
export const chosenEnv = commonEnv.extend({ NARAE_DECISIONS: jsonText.pipe(DecisionsConfiguration) });

/** The stage's provider and embedder. A key is read when it is first needed, and kept for five minutes. */
export function chosenBy({ NARAE_DECISIONS }: z.output<typeof chosenEnv>): Chosen {
  const readers = new Map<string, () => Promise<string>>();
  const readSecret = (name: string): Promise<string> => {
    const reader = readers.get(name) ?? secretReader(secretsManager(), name, systemClock.now);
    readers.set(name, reader);
    return reader();
  };
  return choose(NARAE_DECISIONS, { readSecret });
}
