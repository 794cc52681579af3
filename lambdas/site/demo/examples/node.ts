import endless from './endless.node.txt' with { type: 'text' };
import failure from './failure.node.txt' with { type: 'text' };
import hello from './hello.node.txt' with { type: 'text' };
import live from './live.node.txt' with { type: 'text' };
import type { ExampleCodes } from './codes';

export const nodeExamples: ExampleCodes = { hello, live, failure, endless };
