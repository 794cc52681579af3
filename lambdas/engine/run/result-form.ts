import * as z from 'zod';

/**
 * What the JSON is that comes of a run, by which it is checked and kept. `response`: `{statusCode, body, headers?}` with a
 * text as body, which is cut where it is too long. `answer`: of any kind, with a status of its own where it says one; what
 * lists show in place of a large one is kept with the run. `value`: any JSON.
 */
export const ResultForm = z.enum(['response', 'answer', 'value']);
export type ResultForm = z.output<typeof ResultForm>;

/** Orders of version 0.1 say it by the convention alone. One may be in Lambda's queue while a stage is upgraded. */
const FORM_OF_CONVENTION: Readonly<Record<string, ResultForm>> = { invocation: 'response', function: 'answer' };

export const resultFormOf = (order: {
  readonly resultForm?: ResultForm | undefined;
  readonly convention: string;
}): ResultForm => order.resultForm ?? FORM_OF_CONVENTION[order.convention] ?? 'value';
