import endless from './endless.py.txt' with { type: 'text' };
import failure from './failure.py.txt' with { type: 'text' };
import hello from './hello.py.txt' with { type: 'text' };
import live from './live.py.txt' with { type: 'text' };
import type { ExampleCodes } from './codes';

export const pythonExamples: ExampleCodes = { hello, live, failure, endless };
