/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  /** `note`: worth knowing, and nothing is wrong by it. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly detail: string;
  /** More about it, a line each. */
  readonly lines?: readonly string[];
  /** What to do next: a command, or a chapter of the runbook. */
  readonly next?: string;
}

export const runbook = (chapter: string): string => `docs/runbook.md#${chapter}`;

const MARKS = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' } as const;

/** What a person reads: a line for each finding, and what to do below it. */
export const inWords = (findings: readonly Finding[]): string =>
  findings
    .flatMap(({ what, state, detail, lines = [], next }) => [
      `${MARKS[state]}  ${what}: ${detail}`,
      ...lines.map((line) => `         ${line}`),
      ...(next === undefined ? [] : [`       -> ${next}`]),
    ])
    .join('\n');

export const isWell = (findings: readonly Finding[]): boolean => findings.every(({ state }) => state !== 'wrong');
