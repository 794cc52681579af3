import { auditWrites } from './append-only';
import { NAMED, NEVER_USED, reasonFor } from './justified-grants';
import { judgeForms } from './forms';
import { judge } from './judge';
import { areComplete, readRecordings } from './recordings';

const recordings = readRecordings();
const callers = new Set(recordings.flatMap(({ calls }) => calls.map(({ caller }) => caller)));
const verdicts = recordings.map(({ calls, stage }) => judge(calls, stage));
const used = new Set(verdicts.flatMap(({ grants }) => [...grants].filter(([, is]) => is).map(([name]) => name)));
const granted = new Set(verdicts.flatMap(({ grants }) => [...grants.keys()]));
const unused = [...granted].filter((name) => !used.has(name));

const RUN_ALONE = ['invocations', 'runner', 'stream', 'site'];
const ALL = [
  ...RUN_ALONE,
  ...['callbacks', 'functions', 'jobs', 'callback-builder', 'functions-caller', 'functions-cleaner', 'reaper'],
];

describe('what functions asked of AWS', () => {
  test('was recorded, of each function that asks for anything', () => {
    const expected = areComplete() ? ALL : RUN_ALONE;
    expect([...callers]).toEqual(expect.arrayContaining(expected.map((name) => `narae-local-${name}`)));
    for (const { name, calls } of recordings) expect([name, calls.length > 10]).toEqual([name, true]);
  });

  test("has the form that AWS's models of its services ask for", () => {
    const { checked, findings } = judgeForms(recordings.map(({ file }) => file));
    expect(findings).toEqual([]);
    expect(checked).toBe(recordings.reduce((sum, { calls }) => sum + calls.length, 0));
  });

  test('is allowed by the policies of its role and of the key', () => {
    expect([...new Set(verdicts.flatMap(({ refused }) => refused))]).toEqual([]);
  });

  test('only adds to the audit log of decisions: no entry is changed or deleted', () => {
    const { wrong, entries } = auditWrites(recordings.flatMap(({ calls }) => calls));
    expect(wrong).toEqual([]);
    if (areComplete()) expect(entries).toBeGreaterThan(100);
  });

  test('is nothing at all in sandboxes and installers', () => {
    expect([...callers].filter((name) => /sandbox|installer/.test(name))).toEqual([]);
  });
});

describe('what is granted and was not used', () => {
  test('has a reason', () => {
    // One run uses little: then it is only asked that what it uses is seen.
    if (areComplete()) expect(unused.filter((name) => reasonFor(name) === undefined)).toEqual([]);
    expect(used.size).toBeGreaterThan(15);
  });

  test('is still granted where a reason is named, and still not used', () => {
    // One system is not configured with all that others are.
    if (areComplete()) expect(NAMED.filter((name) => !granted.has(name))).toEqual([]);
    expect(NEVER_USED.filter((name) => used.has(name))).toEqual([]);
  });
});
