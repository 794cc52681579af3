import { RUNTIMES } from '../platform/runtimes';
import { EXAMPLE_CODES } from './demo/examples';
import type { ExampleCodes } from './demo/examples/codes';
import style from './demo/page.css' with { type: 'text' };
import html from './demo/page.html' with { type: 'text' };
import script from './demo/page.js' with { type: 'text' };
import type { DemoAssets, DemoExample } from './demo-page';

const example = (title: string, payload: unknown, code: keyof ExampleCodes): DemoExample[] =>
  RUNTIMES.map(({ name, language }) => ({ title, payload, runtime: name, code: EXAMPLE_CODES[language][code] }));

/** The files of the demo page, which the bundle holds as text. */
export const demoAssets: DemoAssets = {
  html,
  style,
  script,
  runtimes: RUNTIMES,
  examples: [
    ...example('Hello', { who: 'world' }, 'hello'),
    ...example('Live log', { steps: 8 }, 'live'),
    ...example('Failure', {}, 'failure'),
    ...example('Endless', {}, 'endless'),
  ],
};
