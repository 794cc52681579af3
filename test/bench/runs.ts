import { perLanguage, type Bed } from './bed';
import {
  coldRuns,
  lineDelivery,
  replay,
  throughput,
  viewersOfEach,
  viewersOfOne,
  warmRuns,
  type Row,
} from './scenarios';
import { cells, FIGURES, measured, times, type Section, type Table } from './sections';
import type { Language } from './snippets';

const WARM_RUNS = 60;
const WIDTHS = [1, 8, 32];
const VIEWERS = 100;
const LANGUAGES = ['python', 'node'] as const;

/** Invocations: a hello-world run as a client of the stream sees it. */
export async function runs({ url, floors }: Bed): Promise<Section> {
  const cold = await measured('cold runs', () => perLanguage((language) => coldRuns(url, language)));
  const warm = await measured('warm runs', () => perLanguage((language) => warmRuns(url, language, WARM_RUNS)));
  const rows = LANGUAGES.flatMap((language) => {
    const { bare, isolated } = floors[language];
    return [
      cells(`${language}: bare interpreter (floor)`, bare, times(bare, isolated)),
      cells(`${language}: isolated interpreter (floor)`, isolated, '1.0'),
      cells(`${language}: warm`, warm[language].whole, times(warm[language].whole, isolated)),
      cells(`${language}: cold, a new environment`, cold[language], times(cold[language], isolated)),
    ];
  });
  const spans = (language: Language): Table => ({
    head: [`where the milliseconds go: ${language}, warm`, ...FIGURES],
    rows: warm[language].spans.map(({ what, figures }: Row) => cells(what, figures)),
  });
  return {
    title: 'A hello-world run, from POST to COMPLETE, as a client of the stream sees it',
    tables: [{ head: ['', ...FIGURES, 'times the isolated floor (p50)'], rows }, spans('python'), spans('node')],
    data: { floors, cold, warm },
  };
}

export async function streams({ url }: Bed): Promise<Section> {
  const delivery = await measured('delivery of lines', () =>
    perLanguage((language) => lineDelivery(url, language, 100)),
  );
  const replayed = await measured('replay', () => replay(url, 9_990, 5));
  const one = await measured(`${VIEWERS} viewers of one run`, () => viewersOfOne(url, VIEWERS));
  const each = await measured(`${VIEWERS} runs with a viewer each`, () => viewersOfEach(url, VIEWERS));
  return {
    title: 'Streams',
    notes: [
      `Each stream is an environment of the stream function, here a process: ${VIEWERS} at once are ${VIEWERS} Node processes on ` +
        'the cores of this machine, on AWS each has its own.',
    ],
    tables: [
      {
        head: ['', ...FIGURES],
        rows: [
          ...LANGUAGES.map((language) => cells(`${language}: print to delivery of a line`, delivery[language])),
          cells('first byte of the stream of an ended run', replayed.firstByte),
          cells(`replay of ${replayed.events} events`, replayed.whole),
          cells(`print to delivery, ${VIEWERS} viewers of one run`, one),
          cells(`POST to COMPLETE, ${VIEWERS} runs at once with one viewer each`, each),
        ],
      },
    ],
    data: { delivery, replay: replayed, viewersOfOne: one, viewersOfEach: each },
  };
}

export async function throughputs({ url }: Bed): Promise<Section> {
  const found = [];
  for (const width of WIDTHS) {
    const count = 40 * Math.ceil(width / 4);
    found.push({ width, ...(await measured(`${width} at once`, () => throughput(url, width, count))) });
  }
  return {
    title: 'Throughput (python hello world, each followed to its end, none lost)',
    tables: [
      {
        head: ['at once', 'runs per second', ...FIGURES],
        rows: found.map(({ width, perSecond, latency }) => [
          String(width),
          String(perSecond),
          ...cells('', latency).slice(1),
        ]),
      },
    ],
    data: found,
  };
}
