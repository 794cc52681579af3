import { follow, now, runAndFollow, startRun, type Followed, type Whole } from './client';
import { hello, printer, ticker, type Language } from './snippets';
import { concurrently, figures, repeat, type Figures } from './statistics';

/** One row of a table: what was measured, in milliseconds unless it says otherwise. */
export interface Row {
  readonly what: string;
  readonly figures: Figures;
}

const took = (run: Whole): number => run.completeAt - run.sentAt;

/** POST to COMPLETE as a client of the stream sees it, with environments that are there already. */
export async function warmRuns(
  url: string,
  language: Language,
  times: number,
): Promise<{ whole: Figures; spans: readonly Row[] }> {
  await repeat(5, () => runAndFollow(url, hello(language)));
  const runs = await repeat(times, () => runAndFollow(url, hello(language)));
  return { whole: figures(runs.map(took)), spans: spansOf(runs) };
}

/** Where the milliseconds go, from the events' own times (written by the platform) and the client's clock. */
function spansOf(runs: readonly Whole[]): Row[] {
  const between = (what: string, from: (run: Whole) => number, to: (run: Whole) => number): Row => ({
    what,
    figures: figures(runs.map((run) => to(run) - from(run))),
  });
  const received = at('REQUEST_RECEIVED');
  const executing = at('EXECUTING');
  const ended = at('COMPLETED');
  return [
    between('POST sent → record created', (run) => run.sentAt, received),
    between(
      'POST sent → 202 read',
      (run) => run.sentAt,
      (run) => run.acceptedAt,
    ),
    between('record created → EXECUTING', received, executing),
    between('EXECUTING → end written', executing, ended),
    between('end written → COMPLETE read', ended, (run) => run.completeAt),
  ];
}

const at =
  (status: string) =>
  (run: Whole): number =>
    Date.parse(run.events.find(({ event, data }) => event === 'STATUS' && data.status === status)?.data.ts ?? '');

/** First runs in environments that are made for them: each memory tier has environments of its own. */
export async function coldRuns(url: string, language: Language): Promise<Figures> {
  const runs = await repeat(3, (tier) => runAndFollow(url, hello(language, { memoryMb: [256, 1024, 3008][tier] })));
  return figures(runs.map(took));
}

/** From the user's print to the client that reads the line. */
export async function lineDelivery(url: string, language: Language, lines: number): Promise<Figures> {
  const { events } = await runAndFollow(url, ticker(language, lines, 50));
  return figures(
    events.flatMap(({ event, at: readAt, data }) => (event === 'LOG' ? [readAt - Number(data.line)] : [])),
  );
}

/** From the request for a stream of an ended run to its first byte; and to its last, for long logs. */
export async function replay(
  url: string,
  lines: number,
  times: number,
): Promise<{ firstByte: Figures; whole: Figures; events: number }> {
  const run = await startRun(url, printer(lines));
  await follow(url, run.streamUrl);
  const replays = await repeat(times, async () => {
    const askedAt = now();
    const { firstByteAt, events } = await follow(url, run.streamUrl);
    return { firstByte: firstByteAt - askedAt, whole: now() - askedAt, events: events.length };
  });
  return {
    firstByte: figures(replays.map(({ firstByte }) => firstByte)),
    whole: figures(replays.map(({ whole }) => whole)),
    events: replays[0]?.events ?? 0,
  };
}

/** Hello-world runs per second, none lost, with as many environments as that takes. */
export async function throughput(
  url: string,
  width: number,
  times: number,
): Promise<{ perSecond: number; latency: Figures }> {
  await concurrently(width * 2, width, () => runAndFollow(url, hello('python')));
  const startedAt = now();
  const runs = await concurrently(times, width, () => runAndFollow(url, hello('python')));
  return {
    perSecond: Math.round((runs.length / (now() - startedAt)) * 100_000) / 100,
    latency: figures(runs.map(took)),
  };
}

/** Many viewers of one run, each reading each line: the delay of the lines over all of them. */
export async function viewersOfOne(url: string, viewers: number): Promise<Figures> {
  const { streamUrl } = await startRun(url, ticker('python', 60, 100));
  const followed = await Promise.all(Array.from({ length: viewers }, () => follow(url, streamUrl)));
  checkWhole(followed);
  return figures(
    followed.flatMap(({ events }) =>
      events.flatMap(({ event, at: readAt, data }) => (event === 'LOG' ? [readAt - Number(data.line)] : [])),
    ),
  );
}

/** Many runs at once, each with its viewer: from POST to COMPLETE. */
export async function viewersOfEach(url: string, runs: number): Promise<Figures> {
  const whole = await Promise.all(Array.from({ length: runs }, () => runAndFollow(url, hello('python'))));
  checkWhole(whole);
  return figures(whole.map(took));
}

function checkWhole(viewers: readonly Pick<Followed, 'events'>[]): void {
  for (const { events } of viewers) {
    if (events.some(({ seq }, index) => seq !== index + 1)) throw new Error('a viewer has a gap');
  }
}
