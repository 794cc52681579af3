/** The sources of one language for the examples of the page. */
export type ExampleCodes = Readonly<Record<'hello' | 'live' | 'failure' | 'endless', string>>;
