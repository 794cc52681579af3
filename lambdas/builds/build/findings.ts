import { BUILD_LIMITS } from '../limits';
import type { TaskFailure, TaskRecord } from '../task/task';
import type { Findings } from './task-order';

/** What findings mean for a build: warnings, or that it fails (docs/contracts/builds.md#checks-of-the-code). */
export function foundIn(
  findings: Findings,
  typeCheck: TaskRecord['typeCheck'],
): TaskFailure | { readonly warnings: readonly string[] } {
  if (!findings.ok) return { code: 'BUILD_ERROR', message: findings.reason };
  const { syntax, types, truncated } = findings;
  const told = (lines: readonly string[]) => bounded(lines, truncated);
  if (syntax.length > 0) return { code: 'SYNTAX_ERROR', message: told(syntax).join('\n') };
  if (types.length > 0 && typeCheck === 'strict') return { code: 'TYPE_CHECK_FAILED', message: told(types).join('\n') };
  return { warnings: told(types) };
}

const MORE = 'There are more findings.';

/** Whole lines, as many as a task may have of them: two hundred tasks are read at once. */
function bounded(lines: readonly string[], truncated: boolean): readonly string[] {
  const kept: string[] = [];
  let left = BUILD_LIMITS.errorBytes - MORE.length - 4;
  for (const line of lines) {
    left -= Buffer.byteLength(line) + 1;
    if (left < 0) return [...kept, MORE];
    kept.push(line);
  }
  return truncated ? [...kept, MORE] : kept;
}
