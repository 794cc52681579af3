import { isDeepStrictEqual } from 'node:util';
import type { Attack, AttackEvent, Ending, Language, Outcome } from '../attacks/attack';
import { runAndWatch, type Stage } from './stage';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MEMORY_MB = 256;

/** Runs an attack. */
export function launch(
  stage: Stage,
  attack: Attack & { readonly source: string },
  language: Language,
  mark: string,
): Promise<Outcome> {
  const event: AttackEvent = { mark, files: stage.files, ports: stage.ports };
  return runAndWatch(stage, {
    code: attack.source,
    runtime: language,
    payload: event,
    timeoutMs: attack.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    memoryMb: memoryOf(attack),
    env: { MARK: mark },
  });
}

/** The run after it has the same, to get the same environment. */
export const memoryOf = ({ memoryMb = DEFAULT_MEMORY_MB }: Attack): number => memoryMb;

/** What is wrong with the outcome of an attack; empty where it is as the contract has it. */
export function problemsOf(attack: Attack, outcome: Outcome, walled: boolean): string[] {
  const { record, value } = outcome;
  const allowed = [...attack.ends, ...(walled ? [] : (attack.endsOnLambda ?? []))];
  const ending: Ending = record.errorType ?? 'COMPLETED';
  const problems = [...streamProblems(outcome)];
  if (!allowed.includes(ending)) {
    problems.push(`it ended ${ending} (${record.errorMessage ?? ''}), not ${allowed.join(' or ')}`);
  }
  const expected = walled && attack.walledReturns !== undefined ? attack.walledReturns : attack.returns;
  if (ending === 'COMPLETED' && expected !== undefined && !isDeepStrictEqual(value, expected)) {
    problems.push(`it returned ${shown(value)}, not ${shown(expected)}`);
  }
  const problem = attack.check?.(outcome, walled);
  return problem === undefined ? problems : [...problems, problem];
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 500));

/** The promises about events that no user code may break (docs/contracts/invocations.md#order-of-events). */
function streamProblems({ record, stream: { events } }: Outcome): string[] {
  const problems: string[] = [];
  if (events.some(({ seq }, index) => seq !== index + 1)) problems.push('the stream has gaps or repeats');
  const last = events.at(-1);
  if (last?.data.type !== 'COMPLETE' || last.data.status !== record.status) {
    problems.push('the stream does not end with the COMPLETE of the record');
  }
  if (events.filter(({ event }) => event === 'COMPLETE').length !== 1) problems.push('COMPLETE came more than once');
  if (events.length !== record.lastSeq) problems.push(`${events.length} events, but lastSeq ${record.lastSeq}`);
  const statuses = events.flatMap(({ data }) => (data.type === 'STATUS' ? [data.status] : []));
  if (new Set(statuses).size !== statuses.length) problems.push('a status came twice');
  return problems;
}
