import file from './people.jsonl' with { type: 'text' };

/** The checked-in people, as the bundle of a function has them. */
export const PEOPLE_FILE: string = file;
