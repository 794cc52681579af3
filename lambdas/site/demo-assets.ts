import style from './demo/page.css' with { type: 'text' };
import html from './demo/page.html' with { type: 'text' };
import script from './demo/page.js' with { type: 'text' };
import endlessNode from './demo/examples/endless.node.txt' with { type: 'text' };
import endlessPython from './demo/examples/endless.py.txt' with { type: 'text' };
import failureNode from './demo/examples/failure.node.txt' with { type: 'text' };
import failurePython from './demo/examples/failure.py.txt' with { type: 'text' };
import helloNode from './demo/examples/hello.node.txt' with { type: 'text' };
import helloPython from './demo/examples/hello.py.txt' with { type: 'text' };
import liveNode from './demo/examples/live.node.txt' with { type: 'text' };
import livePython from './demo/examples/live.py.txt' with { type: 'text' };
import type { DemoAssets } from './demo-page';

const example = (title: string, payload: unknown, python: string, node: string) => [
  { title, payload, runtime: 'python3.13', code: python },
  { title, payload, runtime: 'nodejs24', code: node },
];

/** The files of the demo page, which the bundle holds as text. */
export const demoAssets: DemoAssets = {
  html,
  style,
  script,
  examples: [
    ...example('Hello', { who: 'world' }, helloPython, helloNode),
    ...example('Live log', { steps: 8 }, livePython, liveNode),
    ...example('Failure', {}, failurePython, failureNode),
    ...example('Endless', {}, endlessPython, endlessNode),
  ],
};
