import { FrameReader, frameOrder, WorkerLost, type Frame } from '../../../lambdas/engine/sandbox/frames';
import { LogIntake } from '../../../lambdas/engine/sandbox/log-intake';
import { readResult } from '../../../lambdas/engine/events/result';
import type { RunOrder } from '../../../lambdas/engine/run/order';
import { newTestRun } from '../../support/runs';

const read = (...parts: (string | Buffer)[]): Frame[] => {
  const reader = new FrameReader();
  return parts.flatMap((part) => [...reader.push(Buffer.from(part))]);
};

describe('frames of a sandbox', () => {
  test('are read whatever pieces they come in', () => {
    const text = '{"t":"start","at":1}\n{"t":"log","s":"stdout","at":1,"l":["안녕"]}\n{"t":"end"}\n';
    const whole = read(text);
    expect(whole.map(({ t }) => t)).toEqual(['start', 'log', 'end']);
    expect(read(...[...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test.each([
    'no json',
    '{"t":"unknown"}',
    '{"t":"start"}',
    '{"t":"error","errorType":"MINE","message":""}',
    '[]',
    'null',
    '{"t":"usage","durationMs":-1,"cpuMs":0,"maxMemoryBytes":0,"exitCode":0,"signal":null}',
  ])('that are %s are a lost worker', (line) => expect(() => read(`${line}\n`)).toThrow(WorkerLost));

  test('larger than twelve megabytes are a lost worker', () => {
    const reader = new FrameReader();
    expect(() => {
      for (let number = 0; number < 14; number += 1) Array.from(reader.push(Buffer.alloc(1024 * 1024, 'x')));
    }).toThrow(WorkerLost);
  });

  test('out of order are a lost worker', () => {
    const order = frameOrder();
    order({ t: 'ready', cold: true, version: '3' });
    order({ t: 'start', at: 1 });
    order({ t: 'dropped' });
    order({ t: 'result', json: '1', truncated: false });
    expect(() => order({ t: 'result', json: '2', truncated: false })).toThrow(WorkerLost);
    expect(() => order({ t: 'log', s: 'stdout', at: 1, l: [], cut: [] })).toThrow(WorkerLost);
  });
});

describe('log lines of a run', () => {
  const lines = (l: string[], cut: number[] = []): Extract<Frame, { t: 'log' }> => ({
    t: 'log',
    s: 'stdout',
    at: 1,
    l,
    cut,
  });

  test('are cut at 8 KiB between characters and flagged', () => {
    const intake = new LogIntake();
    const [event] = intake.take(lines(['한'.repeat(4000)]), 5);
    expect(event).toEqual(['L', 5, 'o', '한'.repeat(2730), 1]);
    expect(intake.truncated).toBe(true);
  });

  test.each([
    ['10,000 lines', Array.from({ length: 10_001 }, () => 'x'), 10_000],
    ['one megabyte', Array.from({ length: 200 }, () => 'x'.repeat(8192)), 128],
  ])('end with one that says so after %s', (_what, many, kept) => {
    const intake = new LogIntake();
    const events = [
      ...intake.take(lines(many), 1),
      ...intake.take(lines(['more']), 2),
      ...intake.take({ t: 'dropped' }, 3),
    ];
    expect(events).toHaveLength(kept + 1);
    expect(events.at(-1)?.[3]).toContain('dropped');
    expect(intake.truncated).toBe(true);
  });

  test('leave the last twenty behind', () => {
    const intake = new LogIntake();
    intake.take(lines(Array.from({ length: 30 }, (_, number) => String(number))), 1);
    expect(intake.tail).toEqual(Array.from({ length: 20 }, (_, number) => String(number + 10)));
  });
});

describe('a result from a sandbox', () => {
  const order = (resultForm: RunOrder['resultForm'], resultBytes = 100, convention = 'any'): RunOrder => ({
    run: newTestRun(1),
    runtime: 'nodejs24',
    code: '',
    entry: { kind: 'script' },
    convention,
    resultForm,
    tenant: 't',
    input: { text: '{}' },
    context: {},
    resultBytes,
  });

  test('is cut between characters when its body is too large', () => {
    const outcome = readResult(order('response', 4), JSON.stringify({ statusCode: 200, body: '한글' }), false);
    expect(outcome).toEqual({ ok: true, resultJson: '{"statusCode":200,"body":"한"}', resultTruncated: true });
  });

  test.each([
    '',
    '{',
    '1',
    '{}',
    '{"statusCode":99,"body":""}',
    '{"statusCode":200,"body":{}}',
    '{"statusCode":200,"body":"","headers":{"a":1}}',
  ])('that is %s is no response', (json) =>
    expect(readResult(order('response'), json, false)).toMatchObject({ ok: false, errorType: 'INVALID_RESULT' }),
  );

  test('of an answer is kept with its status, and with what lists show where it is large', () => {
    expect(readResult(order('answer'), '{"statusCode":404,"body":1}', false)).toMatchObject({
      ok: true,
      statusCode: 404,
    });
    const large = JSON.stringify({ statusCode: 200, body: 'x'.repeat(70_000) });
    expect(readResult(order('answer', 100_000), large, false)).toMatchObject({
      resultPreview: { truncated: true, bytes: 70_002 },
    });
  });

  test.each([
    ['invocation', { ok: false, errorType: 'INVALID_RESULT' }],
    ['function', { ok: true, statusCode: 200 }],
    ['callback', { ok: true, resultJson: '[1]' }],
  ])('is read by the convention %s where the order is of a release that said no more', (convention, outcome) => {
    expect(readResult(order(undefined, 100, convention), '[1]', false)).toMatchObject(outcome);
  });

  test('that is a value is any JSON within its size', () => {
    expect(readResult(order('value'), '[1]', false)).toMatchObject({ ok: true, resultJson: '[1]' });
    expect(readResult(order('value'), JSON.stringify('x'.repeat(200)), false)).toMatchObject({
      errorType: 'INVALID_RESULT',
    });
  });
});
