import type { Floors } from './floors';
import type { Row } from './scenarios';
import type { Language } from './snippets';
import type { Figures } from './statistics';

/** Everything that one run of the benchmarks found out. */
export interface Findings {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly python: string;
  };
  readonly takenAt: string;
  readonly startSeconds: { readonly first: number; readonly later: number } | undefined;
  readonly floors: Readonly<Record<Language, Floors>>;
  readonly warm: Readonly<Record<Language, { readonly whole: Figures; readonly spans: readonly Row[] }>>;
  readonly cold: Readonly<Record<Language, Figures>>;
  readonly delivery: Readonly<Record<Language, Figures>>;
  readonly replay: { readonly firstByte: Figures; readonly whole: Figures; readonly events: number };
  readonly throughput: readonly {
    readonly width: number;
    readonly runs: number;
    readonly perSecond: number;
    readonly latency: Figures;
  }[];
  readonly viewers: { readonly viewers: number; readonly delay: Figures };
  readonly bundles: readonly { readonly name: string; readonly kb: number }[];
}

/** The findings as a document; every figure beside its floor. */
export function reportOf(found: Findings): string {
  const { machine } = found;
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; do not edit. The machine is shared and noisy: compare figures within this run, not',
    'between runs. Milliseconds unless said otherwise.',
    '',
    `Taken ${found.takenAt} on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, Python ${machine.python}.`,
    ...(found.startSeconds
      ? ['', `Start of the local system: first ${found.startSeconds.first} s, later ${found.startSeconds.later} s.`]
      : []),
    '',
    '## A hello-world run, from POST to COMPLETE, as a client of the stream sees it',
    '',
    ...table(
      ['', 'p50', 'p90', 'p99', 'n', 'times the isolated floor (p50)'],
      (['python', 'node'] as const).flatMap((language) => {
        const { bare, isolated } = found.floors[language];
        const ratio = (figure: Figures): string => (figure.p50 / isolated.p50).toFixed(1);
        return [
          cells(`${language}: bare interpreter (floor)`, bare, ratio(bare)),
          cells(`${language}: isolated interpreter (floor)`, isolated, '1.0'),
          cells(`${language}: warm`, found.warm[language].whole, ratio(found.warm[language].whole)),
          cells(`${language}: cold, a new environment`, found.cold[language], ratio(found.cold[language])),
        ];
      }),
    ),
    '',
    '### Where the milliseconds go (warm)',
    '',
    ...(['python', 'node'] as const).flatMap((language) => [
      ...table(
        [language, 'p50', 'p90', 'p99', 'n'],
        found.warm[language].spans.map(({ what, figures }) => cells(what, figures)),
      ),
      '',
    ]),
    '## Streams',
    '',
    ...table(
      ['', 'p50', 'p90', 'p99', 'n'],
      [
        cells('python: print to delivery of a line', found.delivery.python),
        cells('node: print to delivery of a line', found.delivery.node),
        cells('first byte of the stream of an ended run', found.replay.firstByte),
        cells(`replay of ${found.replay.events} events`, found.replay.whole),
        cells(`print to delivery, ${found.viewers.viewers} viewers of one run`, found.viewers.delay),
      ],
    ),
    '',
    '## Throughput (python hello world, each followed to its end, none lost)',
    '',
    ...table(
      ['at once', 'runs per second', 'p50', 'p90', 'p99', 'n'],
      found.throughput.map(({ width, perSecond, latency }) => [
        String(width),
        String(perSecond),
        ...cells('', latency).slice(1),
      ]),
    ),
    '',
    '## Bundles',
    '',
    ...table(
      ['function', 'kB'],
      found.bundles.map(({ name, kb }) => [name, String(kb)]),
    ),
    '',
  ].join('\n');
}

const cells = (what: string, { p50, p90, p99, count }: Figures, ...more: string[]): string[] => [
  what,
  String(p50),
  String(p90),
  String(p99),
  String(count),
  ...more,
];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (parts: readonly string[]): string => `| ${parts.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
