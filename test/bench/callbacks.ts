import * as z from 'zod';
import { waitFor } from '../support/wait';
import { perLanguage, type Bed } from './bed';
import { call, now, timed } from './client';
import { cells, FIGURES, measured, times, type Section } from './sections';
import type { Language } from './snippets';
import { concurrently, figures, repeat, type Figures } from './statistics';

const CALLS = 60;
const PARALLEL = 400;
const WIDTH = 20;
const DEPLOYS = 10;
const BUILD_MS = 150_000;
/** How often a client that waits for a build looks, milliseconds. */
const LOOK_MS = 20;

const Callback = z.object({ callback_id: z.number(), status: z.string(), last_error: z.string().nullable() });

const CODE: Readonly<Record<Language, string>> = {
  python:
    'def lambda_handler(event, context):\n    print("hello", event["name"])\n    return {"hello": event["name"]}\n',
  node: "exports.lambda_handler = async (event) => {\n  console.log('hello', event.name);\n  return { hello: event.name };\n};\n",
};
/** Other versions than the ones that are there without asking, so that something is installed. */
const LIBRARY: Readonly<Record<Language, string>> = {
  python: 'requests==2.28.0',
  node: '{"dependencies":{"axios":"1.7.0"}}',
};

/** Callbacks: what a caller waits for, beside the floor, and what somebody waits for who deploys. */
export async function callbacks({ url, floors }: Bed): Promise<Section> {
  let made = 0;
  const register = async (type: Language, library?: string): Promise<{ id: number; path: string }> => {
    made += 1;
    const path = `bench-${made}`;
    const body = { path, method: 'POST', type, code: CODE[type], library };
    return { id: Callback.parse(await call(url, 'POST', '/callbacks/', body)).callback_id, path };
  };
  const deploy = async (id: number): Promise<void> => {
    await call(url, 'POST', '/deploy/', { callback_id: id, status: true });
    const look = async () => {
      const callback = Callback.parse(await call(url, 'GET', `/callbacks/${id}`));
      return callback.status === 'build' ? undefined : callback;
    };
    const { status, last_error: reason } = await waitFor('the build', look, { deadlineMs: BUILD_MS, everyMs: LOOK_MS });
    if (status !== 'deployed') throw new Error(`callback ${id} is ${status}: ${reason ?? ''}`);
  };
  const deployTime = async (type: Language, library?: string): Promise<number> => {
    const { id } = await register(type, library);
    return timed(() => deploy(id));
  };

  const first = await measured('first deploy with a library', () =>
    perLanguage((language) => deployTime(language, LIBRARY[language])),
  );
  const deploys = await measured('deploys', () =>
    perLanguage(async (language) => ({
      plain: figures(await repeat(DEPLOYS, () => deployTime(language))),
      cached: figures(await repeat(DEPLOYS, () => deployTime(language, LIBRARY[language]))),
    })),
  );
  const ready = await perLanguage(async (language) => {
    const { id, path } = await register(language);
    await deploy(id);
    return path;
  });
  const answered = (path: string) => timed(() => called(`${url}/api/${path}`));
  const warm = await measured('calls of warm callbacks', () =>
    perLanguage(async (language) => {
      await repeat(5, () => answered(ready[language]));
      return figures(await repeat(CALLS, () => answered(ready[language])));
    }),
  );
  const startedAt = now();
  const parallel = await measured(`${PARALLEL} calls, ${WIDTH} at once`, () =>
    concurrently(PARALLEL, WIDTH, () => answered(ready.python)),
  );
  const perSecond = PARALLEL / ((now() - startedAt) / 1000);
  return sectionOf({ floors, warm, parallel: figures(parallel), perSecond, first, deploys });
}

interface Found {
  readonly floors: Bed['floors'];
  readonly warm: Readonly<Record<Language, Figures>>;
  readonly parallel: Figures;
  readonly perSecond: number;
  readonly first: Readonly<Record<Language, number>>;
  readonly deploys: Readonly<Record<Language, { readonly plain: Figures; readonly cached: Figures }>>;
}

function sectionOf(found: Found): Section {
  const { floors, warm, parallel, perSecond, first, deploys } = found;
  const languages = ['python', 'node'] as const;
  return {
    title: 'A callback, called and deployed',
    notes: ['A deploy is measured from POST /deploy/ to the first look that finds it deployed.'],
    tables: [
      {
        head: ['', ...FIGURES, 'times the isolated floor (p50)'],
        rows: [
          ...languages.flatMap((language) => [
            cells(`${language}: isolated interpreter (floor)`, floors[language].isolated, '1.0'),
            cells(`${language}: call`, warm[language], times(warm[language], floors[language].isolated)),
          ]),
          cells(`${PARALLEL} calls, ${WIDTH} at once (${perSecond.toFixed(1)} a second, no error)`, parallel, ''),
        ],
      },
      {
        head: ['deploy', ...FIGURES],
        rows: languages.flatMap((language) => [
          cells(`${language}: without a library`, deploys[language].plain),
          cells(`${language}: with a library, the first time`, figures([first[language]])),
          cells(`${language}: with a library that is there`, deploys[language].cached),
        ]),
      },
    ],
    data: found,
  };
}

const Answer = z.object({ lambdaStatusCode: z.literal(200), body: z.object({ hello: z.literal('bench') }) });

async function called(address: string): Promise<void> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
    signal: AbortSignal.timeout(60_000),
  });
  Answer.parse(await answer.json());
}
