import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { localPython, pipPackages } from '../../../lib/bundle/pinned';
import { get, post, read, target } from '../../support/api';
import { as, compile, perform, type Compiled } from '../../support/decided';
import { followAsGuide, readAsConsole, type Read } from '../../support/decision-clients';
import { Utterances } from '../../support/decision-shapes';
import { AS_USER, eventsIn, ISSUES, openRun, ROWS, rows, submit, USER } from '../../support/decisions';

/** docs/contracts/decisions.md#existing-clients */

const streamOf = (runId: string) => `/api/decisions/stream/${runId}`;
const namesOf = (events: readonly Read[]) =>
  events.map(({ event }) => event).filter((name, at, all) => name !== all[at - 1]);

/** A client of the published guide: it gives up when nothing was sent for 5 s, and reads line by line. */
const CLIENT = `
import json, sys, urllib.request
url, user = sys.argv[1:]
request = urllib.request.Request(url, headers={"X-User-ID": user, "Accept": "text/event-stream"})
names = []
with urllib.request.urlopen(request, timeout=5) as answer:
    name = None
    for raw in answer:
        line = raw.decode("utf-8").rstrip("\\n")
        if line.startswith("event: "):
            name = line[len("event: "):]
        elif line.startswith("data: "):
            json.loads(line[len("data: "):])
            if not names or names[-1] != name:
                names.append(name)
            if name == "decision_card.assigned":
                break
print(json.dumps(names))
`;

describe('a Python client with a read time-out of 5 s', () => {
  const run = promisify(execFile);

  test('follows a run to its end, line by line', async () => {
    const { run_id } = await submit(ISSUES.A);
    const args = ['-c', CLIENT, target().url + streamOf(run_id), USER];
    const { stdout } = await run('python3', args, { timeout: 90_000 });
    expect(JSON.parse(stdout)).toEqual(ROWS);
  });

  test('follows a run to its end by httpx-sse', async () => {
    const clients = resolve(__dirname, '../../support/python-clients');
    const packages = pipPackages(clients, localPython());
    const { run_id } = await submit(ISSUES.E);
    const args = [resolve(clients, 'follow_run.py'), packages, target().url + streamOf(run_id), USER];
    const { stdout } = await run('python3', args, { timeout: 90_000 });
    expect(JSON.parse(stdout)).toEqual(ROWS);
  });
});

describe('the guide’s page, whose EventSource can send no header', () => {
  const pathOf = (runId: string) => `${streamOf(runId)}?user_id=user-123`;

  test('closes on event 18, having seen all, each once, and nothing without a name', async () => {
    const { run_id } = await submit(ISSUES.A, as('user-123'));
    const { events, unnamed, opened } = await followAsGuide(pathOf(run_id), { closes: true });
    expect(rows(events)).toEqual(ROWS);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    expect([unnamed, opened]).toEqual([0, 1]);
  });

  test('that does not close is told once more, by 204, that nothing is left', async () => {
    const { run_id } = await submit(ISSUES.B, as('user-123'));
    const { events, unnamed, lastCode } = await followAsGuide(pathOf(run_id), { closes: false });
    expect(rows(events)).toEqual(ROWS);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    expect([unnamed, lastCode]).toEqual([0, 204]);
  });
});

describe('the console', () => {
  let compiled: Compiled;
  let events: Read[];
  beforeAll(async () => {
    const { run_id } = await submit(ISSUES.A);
    events = await readAsConsole(streamOf(run_id), USER);
    compiled = await compile(ISSUES.A);
  });

  test('reads a run by event, data and blank lines alone', () => {
    expect(namesOf(events)).toEqual(ROWS);
  });

  const score = z.number().min(0).max(1);
  const person = z.object({ person_id: z.string(), name: z.string(), role: z.string() });
  const gate = z.enum(['AUTO_APPROVE', 'SOFT_GATE', 'HARD_GATE']);
  const tier = z.enum(['LOW', 'MID', 'HIGH']);
  const texts = z.array(z.string());
  const ranked = z.object({ id: z.string(), name: z.string(), level: z.string() });
  const breakdown = z.object({ participation: score, domain: score, tree: score, load: score });
  test.each<[string, z.ZodType]>([
    ['initial_decision.started', z.object({ issue_id: z.string(), issue_title: z.string() })],
    ['initial_decision.thinking', z.object({ content: z.string(), is_final: z.boolean() })],
    [
      'initial_decision.completed',
      z.strictObject({
        risk_tier: tier,
        execution_path: gate,
        reasoning: z.string(),
        key_factors: texts,
        provider: z.string(),
      }),
    ],
    [
      'safety_check.applied',
      z.object({ final_risk_tier: tier, final_execution_path: gate, override_reason: z.string() }),
    ],
    [
      'rule_applied',
      z.object({ risk_tier: tier, execution_path: gate, budget_impact: z.enum(['NONE', 'LOW', 'MID', 'HIGH']) }),
    ],
    ['graph_scope_activated', z.strictObject({ scope: z.string(), hop: z.int() })],
    [
      'graph_candidates',
      z.strictObject({
        candidates: z.array(
          person.extend({ level: z.string(), team: z.string().nullable(), department: z.string().nullable() }),
        ),
        count: z.int(),
      }),
    ],
    [
      'vector_ranked',
      z.strictObject({
        core_nodes: z.array(person.extend({ score, breakdown })).length(12),
        reference_nodes: z.array(person.extend({ score })),
      }),
    ],
    [
      'reference_nodes_found',
      z.strictObject({
        references: z.array(person.extend({ experience_summary: z.string().min(1), similarity: score })),
      }),
    ],
    ['meeting_ready', z.object({ participants: z.array(person).min(2).max(6), summary: z.string() })],
    ['risk_review.started', z.strictObject({ agent_count: z.literal(5), agents: texts })],
    [
      'risk_review.agent.message',
      z.object({
        agent_type: z.string(),
        message_type: z.enum(['delta', 'final']),
        content: z.string(),
        findings: z.array(z.object({})),
      }),
    ],
    ['owner_search.started', z.strictObject({ required_level: z.string(), domains: texts })],
    [
      'owner_search.candidates',
      z.strictObject({ candidates: z.array(ranked.extend({ match_score: score })).max(5), count: z.int() }),
    ],
    [
      'owner_search.assigned',
      z.strictObject({ owner: ranked, co_reviewers: z.array(ranked), assignment_reason: z.string() }),
    ],
    ['decision_card', z.object({ action: z.string(), summary: z.string(), rollback_conditions: z.string() })],
    [
      'decision_card.assigned',
      z.strictObject({
        ...{ card_id: z.string(), owner_id: z.string(), owner_name: z.string(), co_reviewer_ids: texts },
        approval_status: z.literal('PENDING'),
      }),
    ],
  ])('finds what it reads in %s', (name, shape) => {
    const found = events.filter(({ event }) => event === name);
    expect(found.length).toBeGreaterThan(0);
    for (const { data } of found) expect(shape.safeParse(data).error?.message).toBeUndefined();
  });

  test('appends pieces of texts, of which the last one is a piece, too', () => {
    const thinking = events.filter(({ event }) => event === 'initial_decision.thinking');
    expect(thinking.map(({ data }) => data['is_final'])).toEqual(thinking.map((_, at) => at === thinking.length - 1));
    const reasoning = events.find(({ event }) => event === 'initial_decision.completed')?.data['reasoning'];
    expect(thinking.map(({ data }) => String(data['content'])).join('')).toBe(reasoning);
    const messages = events.filter(({ event }) => event === 'risk_review.agent.message').map(({ data }) => data);
    for (const agent of ['SECURITY', 'LEGAL', 'FINANCE', 'OPS', 'REPUTATION']) {
      const kinds = messages.filter(({ agent_type }) => agent_type === agent).map(({ message_type }) => message_type);
      expect([kinds.length >= 2, kinds.at(-1), kinds.indexOf('final')]).toEqual([true, 'final', kinds.length - 1]);
    }
  });

  const meetingOf = ({ runId, events: told }: Compiled) => {
    const ready = told.find(({ event }) => event === 'meeting_ready')?.data;
    const participants = z.array(person.extend({ perspective: z.string() })).parse(ready?.['participants']);
    return {
      // The console may know no more than the run.
      issue_id: runId,
      participants: participants.map(({ name, role, perspective }) => ({
        name,
        role,
        persona_description: perspective,
      })),
      meeting_config: { target_turns: 10, tone: 'balanced', conflict_level: 'medium' },
    };
  };
  const generate = (runId: string) => `/api/virtual-meetings/generate/${runId}`;

  test('holds a meeting of those who are ready, and types remarks, one at a time', async () => {
    const { runId } = compiled;
    const meeting = meetingOf(compiled);
    const said = await readAsConsole(generate(runId), USER, meeting);
    const speakers = meeting.participants.map(({ name }) => name);
    expect(said.slice(0, -1).map(({ data }) => data['speaker_name'])).toEqual(Array(10).fill(speakers).flat());
    expect(said.at(-1)).toMatchObject({ event: 'complete', data: { total_turns: 10, meeting_id: runId } });
    for (const [at, turn] of [3, 99, 1].entries()) {
      const utterances = [{ turn, speaker_role: 'REQUESTER', text: `remark ${at}`, speaker_name: 'Noh Dasom' }];
      expect((await post(`/api/meetings/${runId}`, { utterances }, { headers: AS_USER })).status).toBe(201);
    }
    const path = `/api/virtual-meetings/utterances/${runId}`;
    expect(read(await get(path, { headers: AS_USER }), 200, Utterances).total_count).toBe(53);
  });

  test('opens each stream twice and aborts one, as in development, and has all by the other', async () => {
    const { run_id } = await submit(ISSUES.B);
    const [aborted, kept] = [openRun(run_id), readAsConsole(streamOf(run_id), USER)];
    await aborted.head;
    aborted.hangUp();
    expect(namesOf(await kept)).toEqual(ROWS);
    const again = await compile(ISSUES.B);
    const dropped = new AbortController();
    const first = fetch(target().url + generate(again.runId), {
      ...{ method: 'POST', body: JSON.stringify(meetingOf(again)), signal: dropped.signal },
      headers: { ...AS_USER, 'Content-Type': 'application/json' },
    });
    await first;
    const second = readAsConsole(generate(again.runId), USER, meetingOf(again));
    dropped.abort();
    expect((await second).at(-1)?.event).toBe('complete');
    const path = `/api/virtual-meetings/utterances/${again.runId}`;
    expect(read(await get(path, { headers: AS_USER }), 200, Utterances).total_count).toBe(50);
  });

  test('opens streams of old runs at any later time, and has the full replay', async () => {
    const { runId, cardId, owner } = await compile(ISSUES.B);
    const before = await openRun(runId).text();
    await perform('approve', cardId, owner);
    await post(`/api/decisions/runs/${runId}/approve`, {}, { headers: AS_USER });
    for (const userId of [USER, 'user-123']) {
      expect(await openRun(runId, as(userId)).text()).toBe(before);
      expect(namesOf(await readAsConsole(streamOf(runId), userId))).toEqual(ROWS);
    }
    expect(rows(eventsIn(before))).toEqual(ROWS);
  });

  test('has JSON of each success, and bare arrays as lists', async () => {
    for (const path of [
      '/api/issues/?limit=20',
      '/api/persons/',
      '/api/audit/logs',
      `/api/audit/runs/${compiled.runId}/timeline`,
    ]) {
      const answer = await get(path, { headers: AS_USER });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(Array.isArray(JSON.parse(answer.text))).toBe(true);
    }
  });
});
