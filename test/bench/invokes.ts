import * as z from 'zod';
import { perLanguage, type Bed } from './bed';
import { call, now, timed } from './client';
import { startComparison } from './comparison';
import { cells, FIGURES, measured, times, type Section } from './sections';
import type { Language } from './snippets';
import { concurrently, figures, repeat, type Figures } from './statistics';

const INVOKES = 60;
const PARALLEL = 500;
const WIDTH = 20;
const LISTED = 200;
const PATIENCE_MS = 60_000;
const LANGUAGES = ['python', 'node'] as const;

const Created = z.object({ id: z.string() });
const Config = z.object({ invocations24h: z.number() });

/** Functions: what a caller waits for who invokes one that is warm, beside its floor and beside serverless-offline. */
export async function invokes({ url, floors, python }: Bed): Promise<Section> {
  const { id: workspace } = Created.parse(await call(url, 'POST', '/api/workspaces', { name: 'bench' }));
  const functions = `/api/workspaces/${workspace}/functions`;
  const create = async (language: Language): Promise<string> => {
    const runtime = language === 'python' ? 'Python 3.13' : 'Node.js 24';
    const code = Buffer.from(FUNCTION[language]).toString('base64');
    const { id } = Created.parse(await call(url, 'POST', functions, { name: language, runtime, code }));
    return `${functions}/${id}`;
  };
  const ours = await perLanguage(create);
  const invoke = (language: Language) => post(`${url}${ours[language]}/invoke`);
  const warm = await measured('invokes of warm functions', () =>
    perLanguage((language) => warmly(() => invoke(language))),
  );
  const theirs = await measured('the same on serverless-offline', async () => {
    const comparison = await startComparison(python.path);
    try {
      return await perLanguage((language) => warmly(() => post(`${comparison.url}/${language}`)));
    } finally {
      await comparison.stop();
    }
  });
  const startedAt = now();
  const parallel = await measured(`${PARALLEL} invokes, ${WIDTH} at once`, () =>
    concurrently(PARALLEL, WIDTH, () => invoke('python')),
  );
  const seconds = (now() - startedAt) / 1000;
  const { invocations24h } = Config.parse(await call(url, 'GET', ours.python));
  const counted = invocations24h - (INVOKES + 5);
  if (counted !== PARALLEL) throw new Error(`${PARALLEL} invokes were counted as ${counted}`);
  await measured(`${LISTED} functions`, () => concurrently(LISTED - 2, 4, () => create('python')));
  const list = figures(await repeat(10, () => timed(() => call(url, 'GET', functions))));
  return {
    title: 'A warm function, invoked and waited for',
    notes: [
      'serverless-offline keeps one process per function and runs every call in it: no isolation, no record, no log ' +
        'that survives. Narae gives each call a fresh process in its own isolation and writes its record three times.',
    ],
    tables: [
      {
        head: ['', ...FIGURES, 'times the isolated floor (p50)'],
        rows: [
          ...LANGUAGES.flatMap((language) => [
            cells(`${language}: isolated interpreter (floor)`, floors[language].isolated, '1.0'),
            cells(`${language}: invoke`, warm[language], times(warm[language], floors[language].isolated)),
            cells(
              `${language}: serverless-offline`,
              theirs[language],
              times(theirs[language], floors[language].isolated),
            ),
          ]),
          cells(
            `${PARALLEL} invokes, ${WIDTH} at once (${(PARALLEL / seconds).toFixed(1)} a second, all counted)`,
            figures(parallel),
            '',
          ),
          cells(`GET ${LISTED} functions with their code`, list, ''),
        ],
      },
    ],
    data: { floors, warm, serverlessOffline: theirs, parallel: figures(parallel), perSecond: PARALLEL / seconds, list },
  };
}

/** The handlers of `serverless-offline/`, in the shape of a function's event. */
const FUNCTION: Readonly<Record<Language, string>> = {
  python:
    'def handler(event):\n    name = event["body"]["name"]\n    print("hello", name)\n    return {"statusCode": 200, "body": {"hello": name}}\n',
  node: "exports.handler = async (event) => {\n  const { name } = event.body;\n  console.log('hello', name);\n  return { statusCode: 200, body: { hello: name } };\n};\n",
};

async function warmly(work: () => Promise<number>): Promise<Figures> {
  await repeat(5, work);
  return figures(await repeat(INVOKES, work));
}

/** @returns milliseconds until the whole answer was there */
const post = (address: string): Promise<number> =>
  timed(async () => {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'bench' }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    if (answer.status !== 200 || !text.includes('bench')) throw new Error(`${address}: ${answer.status} ${text}`);
  });
