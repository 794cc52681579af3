import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { callbackBuilds } from '../../../lambdas/callbacks/deploy/pipeline';
import { readEvent } from '../../../lambdas/platform/pipeline/dispatcher';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { execute, type ExecutePorts } from '../../../lambdas/engine/lifecycle/execute';
import { FrameReader, frameOrder, type Frame } from '../../../lambdas/engine/sandbox/frames';
import { RunOrder } from '../../../lambdas/engine/run/order';
import { eventsAfter } from '../../../lambdas/engine/store/read-run';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { OutsideOrder } from '../../../lambdas/functions/passthrough/outside-order';
import { createBucket, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { useEnvironment, LANGUAGES } from '../sandbox/support/languages';
import { goldenOrders, goldenRuns, goldenSandbox, RELEASES, timeOf } from './support';

/** Parts of two releases at work together, as in the minutes of an upgrade. */

/** What came of a run. */
const Ended = z.object({
  status: z.string(),
  statusCode: z.number().optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  resultJson: z.string().optional(),
  resultStored: z.boolean().optional(),
});

describe.each(RELEASES)("today's runner and release %s", (release) => {
  const db = testDynamo();
  const s3 = testS3();
  const clock = testClock(timeOf(release));
  const sandboxed = goldenSandbox(release);
  const orders = goldenOrders(release).runner.filter(({ run }) =>
    sandboxed.some(({ event }) => event.runId === run.id),
  );
  let store: RunStore;
  let blobs: Blobs;

  beforeAll(async () => {
    store = new RunStore(db, await createTable(db));
    blobs = new Blobs(s3, await createBucket(s3), clock);
  });

  /** What the sandbox of that release sent, byte for byte. */
  const replaying = (lines: readonly string[]): ExecutePorts['sandbox'] => ({
    async *run(): AsyncGenerator<Frame> {
      await Promise.resolve();
      const check = frameOrder();
      for (const frame of new FrameReader().push(Buffer.from(lines.map((line) => `${line}\n`).join('')))) {
        check(frame);
        yield frame;
      }
    },
  });

  test.each(orders.map((order) => [order.run.id, order]))(
    'executes the order of %s by the frames of its sandbox',
    async (id, queued) => {
      // Environment values are sealed with a key that is gone.
      const order = RunOrder.parse({ ...queued, env: undefined });
      const sandbox = sandboxed.find(({ event }) => event.runId === id);
      const code = Buffer.from(String(sandbox?.event['codeBase64']), 'base64').toString();
      expect(await blobs.putCode(order.run.workspace, code)).toBe(order.code);
      await store.create(order.run);
      const ended = await execute(order, () => 900_000, {
        clock,
        store,
        blobs,
        envelope: new Envelope(testKms(), 'unused', clock),
        sandbox: replaying(sandbox?.frames ?? []),
        report: (event, run, cause) => {
          throw new Error(`${event} ${run}`, { cause });
        },
        dispatch: () => Promise.reject(new Error('nothing goes back to the queue here')),
      });
      if (!ended) throw new Error('not executed');
      const stored = Ended.parse(goldenRuns(release).items.find(({ sk }) => sk === id));
      // One of them was executing when its record was captured.
      if (stored.status === 'EXECUTING') expect(ended.status).toBe('COMPLETED');
      else expect(Ended.parse(ended)).toEqual(stored);
      const events = await eventsAfter(ended, 0, 1_000, { store, blobs });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: ended.lastSeq }, (_, index) => index + 1));
      expect(events.at(-1)?.event).toBe('COMPLETE');
    },
  );

  test('there are orders and frames of all kinds', () => {
    expect(orders.length).toBeGreaterThan(15);
    expect(new Set(sandboxed.map(({ language, event }) => `${language} ${event.entry.kind}`)).size).toBe(4);
  });

  test("today's caller and builder read its orders", () => {
    const { caller, builder } = goldenOrders(release);
    expect(caller.map((order) => OutsideOrder.parse(order).json)).toEqual(['{"a":1}']);
    expect(builder.map((step) => readEvent(callbackBuilds, step).step)).toEqual(['check', 'find', 'publish']);
  });
});

describe.each(LANGUAGES)("today's sandbox for %s and release 0.1", (language) => {
  const environment = useEnvironment(language);
  const OldFrame = z.fromJSONSchema(
    JSON.parse(
      readFileSync(path.resolve(__dirname, '../../golden/0.1/frame-schema.json'), 'utf8'),
    ) as z.core.JSONSchema.JSONSchema,
  );
  // What stands at an address is gone, and one of them only waits.
  const runs = goldenSandbox('0.1').filter(
    (run) =>
      run.language === language &&
      run.name !== 'executing' &&
      !('eventUrl' in run.event) &&
      !('bundleUrl' in run.event),
  );

  test.each(runs.map((run) => [run.name, run.event.runId, run]))(
    'takes the event of %s %s, and its runner takes the frames',
    async (_name, _id, run) => {
      const { cancelUrl: _gone, ...event } = run.event;
      const { raw } = await (await environment().beginRaw(JSON.stringify(event))).ended();
      for (const frame of raw) OldFrame.parse(frame);
      const told = (frames: readonly unknown[]) => frames.map((frame) => z.looseObject({ t: z.string() }).parse(frame));
      const end = (frames: readonly unknown[]) =>
        told(frames).filter(({ t }) => ['output', 'result', 'error'].includes(t));
      expect(end(raw)).toEqual(end(run.frames.map((line): unknown => JSON.parse(line))));
    },
  );
});
