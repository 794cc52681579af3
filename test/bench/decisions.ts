import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DECISION_LOG } from '../../lambdas/decisions/limits';
import { LogStore } from '../../lambdas/engine';
import { clientConfig } from '../../local/aws';
import type { Bed } from './bed';
import { timed } from './client';
import { decide, followDecision, generateMeeting, submitIssue, type WholeDecision } from './decision-client';
import { cells, FIGURES, measured, type Section } from './sections';
import { concurrently, figures, repeat, type Figures } from './statistics';

const RUNS = 30;
const AT_ONCE = 50;
const VIEWERS = 200;
const VIEWERS_AT_ONCE = 50;
const MEETINGS = 10;

/** Decisions with the provider `rules`: from the issue to the card, as a client of the stream sees it. */
export async function decisions({ url, awsEndpoint, runsTable }: Bed): Promise<Section> {
  await repeat(3, () => decide(url));
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(awsEndpoint)));
  try {
    const logs = new LogStore(db, runsTable);
    const alone = await measured('decisions, one after the other', () => repeat(RUNS, () => decide(url)));
    const delivered = await measured('when their events were stored', () => deliveriesOf(alone, logs));
    const meetings = await measured('generated meetings', async () => {
      const { runId, issueId } = await submitIssue(url);
      return figures(await repeat(MEETINGS, () => timed(() => generateMeeting(url, runId, issueId))));
    });
    const crowd = await measured(`${AT_ONCE} decisions at once`, () =>
      concurrently(AT_ONCE, AT_ONCE, () => decide(url)),
    );
    const first = alone[0]?.runId ?? '';
    const replays = await measured(`${VIEWERS} viewers of a run that is over`, () =>
      concurrently(VIEWERS, VIEWERS_AT_ONCE, () => timed(() => followDecision(url, first))),
    );
    const data = {
      accepted: figures(alone.map(({ sentAt, acceptedAt }) => acceptedAt - sentAt)),
      whole: wholeOf(alone),
      gaps: gapsOf(alone),
      delivered,
      meetings,
      atOnce: { whole: wholeOf(crowd), gaps: gapsOf(crowd) },
      replays: figures(replays),
    };
    return {
      title: 'A decision, from the issue to its card (rules)',
      notes: [
        'Aims: POST to card under 1.5 s (p50), an event received within 100 ms of its being stored (p99), and never 3 s without a byte on ' +
          'a stream. The time of storing is taken before the write; what runs at once shares the cores of this machine.',
      ],
      tables: [
        {
          head: ['', ...FIGURES],
          rows: [
            cells('POST sent → 201 read', data.accepted),
            cells('POST sent → card read', data.whole),
            cells('event stored → event read', data.delivered),
            cells('longest time without a byte, of each stream', data.gaps),
            cells('a meeting of two people and five rounds', data.meetings),
            cells(`POST sent → card read, ${AT_ONCE} at once`, data.atOnce.whole),
            cells(`longest time without a byte, ${AT_ONCE} at once`, data.atOnce.gaps),
            cells(`replay of a run, ${VIEWERS} viewers, ${VIEWERS_AT_ONCE} at once`, data.replays),
          ],
        },
      ],
      data,
    };
  } finally {
    db.destroy();
  }
}

const wholeOf = (runs: readonly WholeDecision[]): Figures => figures(runs.map(({ sentAt, endAt }) => endAt - sentAt));
const gapsOf = (runs: readonly WholeDecision[]): Figures => figures(runs.map(({ largestGap }) => largestGap));

/** Of events that came while somebody followed: a stream begins with what is there already. */
async function deliveriesOf(runs: readonly WholeDecision[], logs: LogStore): Promise<Figures> {
  const delays: number[] = [];
  for (const { runId, events } of runs) {
    const log = await logs.find(DECISION_LOG, runId, Date.now());
    if (!log) throw new Error(`the log of ${runId} is gone`);
    const openedAt = events[0]?.at ?? 0;
    for (const { seq, at } of await logs.eventsAfter(log, 0, log.lastSeq)) {
      const readAt = events[seq - 1]?.at ?? NaN;
      if (at > openedAt) delays.push(readAt - at);
    }
  }
  return figures(delays);
}
