import { get, read } from '../support/api';
import { completed, finished, start } from '../support/invocations';
import { EventPage, type Event } from '../support/shapes';

/** What user code prints and returns may be all quotes or control characters, which JSON makes longer: never a 5xx. */

test('a page of events that would not fit into one answer ends early', async () => {
  const code = "def handler(e):\n    for i in range(131):\n        print('\"' * 8000)\n    return 1\n";
  const { invocationId } = await start({ runtime: 'python', code });
  await finished(invocationId);
  const events: Event[] = [];
  for (let complete = false; !complete;) {
    const after = events.at(-1)?.seq ?? 0;
    const page = read(await get(`/invocations/${invocationId}/events?limit=1000&after=${after}`), 200, EventPage);
    expect(page.events.length).toBeGreaterThan(0);
    expect(page.nextAfter).toBe(page.events.at(-1)?.seq);
    events.push(...page.events);
    complete = page.complete;
  }
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ event }) => event === 'LOG')).toHaveLength(131);
});

test('a body of a million control characters is cut to what an answer can carry', async () => {
  const code = 'def handler(e):\n    return {"statusCode": 200, "body": "\\x01" * 1048576}\n';
  const { invocationId, result, truncated } = await completed({ runtime: 'python', code });
  expect(truncated.result).toBe(true);
  expect(result.body.length).toBeGreaterThan(400_000);
  expect(result.body).toBe('\u0001'.repeat(result.body.length));
  const { events } = read(await get(`/invocations/${invocationId}/events`), 200, EventPage);
  expect(events.at(-1)?.data).toMatchObject({ payload: { result, truncated: { result: true } } });
});
