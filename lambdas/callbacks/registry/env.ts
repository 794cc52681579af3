import type { Envelope } from '../../engine';
import { invalid } from '../../platform/http/errors';
import { ownerOf, type CallbackRecord, type StoredEnv } from './callback';

/** What is shown in place of a value; sent back, it keeps the stored one (docs/contracts/callbacks.md#resources). */
export const MASK = '********';

export const masked = (env: StoredEnv | undefined): Record<string, typeof MASK> | null =>
  env ? Object.fromEntries(env.names.map((name) => [name, MASK])) : null;

/**
 * Seals values for a callback.
 * @param before the callback as it is, for values that are to be kept
 * @throws AppError `VALIDATION_ERROR` for a mask where there is nothing to keep; `SERVICE_UNAVAILABLE`
 */
export async function sealEnv(
  callbackId: number,
  values: Readonly<Record<string, string>>,
  before: CallbackRecord | undefined,
  envelope: Envelope,
): Promise<StoredEnv> {
  const names = Object.keys(values);
  const keeps = names.some((name) => values[name] === MASK);
  const stored = keeps && before?.env ? await envelope.open(ownerOf(callbackId), before.env.sealed) : {};
  const clear = Object.entries(values).map(([name, value]): [string, string] => {
    if (value !== MASK) return [name, value];
    const kept = stored[name];
    if (kept === undefined)
      throw invalid(`env.${name}`, `env.${name} is ${MASK}, and there is no stored value to keep`);
    return [name, kept];
  });
  return { names, sealed: await envelope.seal(ownerOf(callbackId), Object.fromEntries(clear)) };
}
