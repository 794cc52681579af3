import { createHash, randomInt } from 'node:crypto';
import { safeAppName } from '../request/app-name';
import type { AppRecord } from './app-record';

/** Names of apps and whose they are (docs/contracts/builds.md#app-names, #who-owns-a-name). */

const MAX_CHARS = 40;
const SUFFIX_CHARS = 6;

/** Who asks for a name. */
export interface Claimant {
  readonly workspace: string;
  readonly functionId: string | null;
  readonly maySee: (workspace: string) => boolean;
}

/**
 * `free`: nobody's. `own`: of the function that asks, or of nobody in particular in a workspace that the caller may see.
 * `others`: of another function, or of a workspace that is not the caller's.
 */
export function ownership(record: AppRecord | undefined, claimant: Claimant): 'free' | 'own' | 'others' {
  if (record === undefined) return 'free';
  const isOwn = record.functionId === null || record.functionId === claimant.functionId;
  return isOwn && claimant.maySee(record.workspace) ? 'own' : 'others';
}

/** The name of a function's app where another one has the name that was asked for: always the same. */
export function suffixed(name: string, { workspace, functionId }: Claimant & { readonly functionId: string }): string {
  const suffix = createHash('sha256').update(`${workspace}/${functionId}`).digest('hex').slice(0, SUFFIX_CHARS);
  return `${name.slice(0, MAX_CHARS - SUFFIX_CHARS)}${suffix}`;
}

const FIRST = ['amber', 'bright', 'calm', 'clear', 'crisp', 'fresh', 'gentle', 'golden', 'lively', 'quiet', 'silver'];
const SECOND = ['brook', 'cedar', 'cliff', 'field', 'forest', 'harbor', 'island', 'maple', 'meadow', 'river', 'valley'];

/** For who gave no name: a new app each time. */
export function generatedName(random: (below: number) => number = randomInt): string {
  const pick = (words: readonly string[]): string => words[random(words.length)] ?? '';
  const digits = String(random(10_000)).padStart(4, '0');
  return safeAppName(`spin${pick(FIRST)}${pick(SECOND)}${digits}`);
}
