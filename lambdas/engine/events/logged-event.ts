import * as z from 'zod';

/** An event of a log that is not a run's: what it is called and what it says is its writer's affair. */
export interface NewEvent {
  readonly event: string;
  /** Plain JSON; readers may be shown all of it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The same with its place in the log, and when it was added (epoch ms). */
export interface LoggedEvent extends NewEvent {
  readonly seq: number;
  readonly at: number;
}

const Stored = z.tuple([z.literal('E'), z.number(), z.string(), z.record(z.string(), z.unknown())]);

export const encodeNew = ({ event, data }: NewEvent, at: number): string =>
  JSON.stringify(['E', at, event, data] satisfies z.output<typeof Stored>);

export function decodeLogged(text: string, seq: number): LoggedEvent {
  const [, at, event, data] = Stored.parse(JSON.parse(text));
  return { seq, at, event, data };
}
