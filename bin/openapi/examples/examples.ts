/** What is sent or answered, by a name: the id of a schema, or an operation. */
export type Examples = Readonly<Record<string, unknown>>;
