import { judge, type Account, type Planned } from '../../../bin/preflight/judge';

const NONE = { runs: undefined, viewers: undefined };
const account = (executions: number, unreserved = executions): Account => ({ executions, unreserved });
const planned = (runs?: number, viewers?: number): Planned => ({ runs, viewers, sandboxes: 6 });
const stops = (...asked: Parameters<typeof judge>) =>
  judge(...asked).flatMap(({ kind, text }) => (kind === 'stop' ? [text] : []));

test('a stage that fits has nothing that stops it', () => {
  expect(stops(account(1_000), planned(300, 100), NONE)).toEqual([]);
});

test('a hundred executions have to stay with functions that reserve none', () => {
  const [text] = stops(account(1_000), planned(850, 100), NONE);
  expect(text).toContain('reserve 950 of the 1000 executions that are free: 50 would be left');
  expect(text).toContain('Set maxConcurrentRuns to 300 or less');
});

test('a new account of ten executions can reserve nothing, and is told so', () => {
  const [text] = stops(account(10), planned(5), NONE);
  expect(text).toContain('5 would be left, and Lambda refuses to go below 100');
  expect(text).toContain('Nothing can be reserved here');
});

test('what other functions of the account have reserved is not free', () => {
  expect(stops(account(1_000, 400), planned(100, 100), NONE)).toEqual([]);
  expect(stops(account(1_000, 250), planned(100, 100), NONE).join()).toContain('50 would be left');
});

test('what the stage itself reserves comes back before it reserves anew', () => {
  expect(stops(account(1_000, 600), planned(300, 100), { runs: 300, viewers: 100 })).toEqual([]);
});

test('runners leave a sandbox and a waiting room to each run', () => {
  expect(stops(account(1_000), planned(333, 1), NONE)).toEqual([]);
  const [text] = stops(account(1_000), planned(334, 0), NONE);
  expect(text).toContain('maxConcurrentRuns is 334, and 666 executions are left');
  expect(text).toContain('Set maxConcurrentRuns to 333 or less');
});

test('what is advised fits', () => {
  for (const executions of [110, 250, 1_000, 1_001, 5_000]) {
    const [text = ''] = stops(account(executions), planned(executions, 0), NONE);
    const advised = Number(/Set maxConcurrentRuns to (\d+)/.exec(text)?.[1]);
    expect(stops(account(executions), planned(advised, 0), NONE)).toEqual([]);
    expect(stops(account(executions), planned(advised + 1, 0), NONE)).not.toEqual([]);
  }
});

test('a stage without a bound on runners may stand, and is told what load would do', () => {
  const findings = judge(account(10), planned(), NONE);
  expect(findings.map(({ kind }) => kind)).toEqual(['note', 'note']);
  expect(findings[0]?.text).toContain('runners take all 10 executions and leave none to sandboxes');
});

test('says how many workspaces the environments of tenants are enough for', () => {
  expect(judge(account(1_000), planned(300, 100), NONE).at(-1)?.text).toContain('2500 at most');
  expect(judge(account(1_000), planned(300, 100), NONE).at(-1)?.text).toContain('416 such workspaces');
});
