import type { Target } from '../support/api';
import { checksOf } from './checks';

/** What came of one check. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was wrong. */
  readonly problem?: string;
}

/**
 * The gate after a deployment: all checks one after the other, each with time-outs of its own, whatever came of the others.
 * @param say told of each as it ends
 */
export async function smoke(to: Target, say: (finding: Finding) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, act } of checksOf(to.key !== undefined)) {
    const begunAt = performance.now();
    const problem = await act(to).then(() => undefined, messageOf);
    const ms = Math.round(performance.now() - begunAt);
    const finding = { name, ok: problem === undefined, ms, ...(problem !== undefined && { problem }) };
    findings.push(finding);
    say(finding);
  }
  return findings;
}

/** A failed fetch says why in its cause only. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
