import { createServer, type Server } from 'node:http';
import { listen } from '../../local/process/listen';
import { target } from '../support/api';
import { describeWithChromium } from '../support/chromium';
import { ISSUES, ROWS, rows, submit, USER } from '../support/decisions';

/**
 * What a sample of the published guide does (docs/contracts/decisions.md#existing-clients): it says who it is in the address,
 * listens by name, and closes on the last event. It is text because it runs in the page.
 */
const SAMPLE = `([url, names]) => new Promise((resolve) => {
  const seen = { names: [], unnamed: 0, errors: 0, ids: [] };
  const source = new EventSource(url);
  source.onmessage = () => { seen.unnamed += 1; };
  source.onerror = () => { seen.errors += 1; };
  for (const name of names) source.addEventListener(name, (event) => {
    if (seen.names.at(-1) !== name) seen.names.push(name);
    seen.ids.push(Number(event.lastEventId));
    JSON.parse(event.data);
    if (name === 'decision_card.assigned') { source.close(); resolve(seen); }
  });
})`;

/** The same left to itself: it reconnects, is answered 204, and is closed by that. */
const PATIENT = `([url]) => new Promise((resolve) => {
  const seen = { opened: 0, ids: [] };
  const source = new EventSource(url);
  source.onopen = () => { seen.opened += 1; };
  source.addEventListener('decision_card.assigned', (event) => seen.ids.push(Number(event.lastEventId)));
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) resolve(seen); };
})`;

/**
 * What the console does with both streams: it reads them with fetch, sends headers that need a preflight, and knows only
 * `event:`, `data:` and blank lines. It says when something could be read, so that what comes all at once is seen.
 */
const CONSOLE = `async ([url, body, userId]) => {
  const headers = { 'X-User-ID': userId, Accept: 'text/event-stream', 'Content-Type': 'application/json' };
  const answer = await fetch(url, body === null ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const seen = { status: answer.status, events: [], reads: 0 };
  let [rest, name] = ['', ''];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return seen;
    seen.reads += 1;
    const lines = (rest + value).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('data:')) seen.events.push({ name, data: JSON.parse(line.slice(5)) });
    }
  }
}`;

interface Read {
  readonly status: number;
  readonly events: readonly { readonly name: string; readonly data: object }[];
  readonly reads: number;
}

const PAGE = '<!doctype html><link rel="icon" href="data:,"><title>elsewhere</title>';

/**
 * The page has the origin `null`, as that of a desktop shell: a sandbox takes its own away. It comes from this machine, since
 * browsers keep pages of no place, such as `data:`, away from servers on it.
 */
describeWithChromium('a page of another origin', (browser) => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('Content-Security-Policy', 'sandbox allow-scripts');
      response.setHeader('Content-Type', 'text/html').end(PAGE);
    });
    origin = `http://127.0.0.1:${await listen(server)}`;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  /** Runs a function in a page. */
  async function inPage(script: string, input: unknown): Promise<unknown> {
    const page = await browser().newPage();
    try {
      await page.goto(origin);
      expect(await page.evaluate('self.origin')).toBe('null');
      return await page.evaluate(`(${script})(${JSON.stringify(input)})`);
    } finally {
      await page.close();
    }
  }

  test('follows a run by EventSource, sees each row, and no unnamed event', async () => {
    const { run_id } = await submit(ISSUES.A);
    const url = `${target().url}/api/decisions/stream/${run_id}?user_id=${USER}`;
    const seen = (await inPage(SAMPLE, [url, ROWS])) as { names: string[]; ids: number[] };
    expect(seen).toMatchObject({ names: ROWS, unnamed: 0, errors: 0 });
    expect(seen.ids).toEqual(seen.ids.map((_, index) => index + 1));
  });

  test('an EventSource that is left to itself comes back once, and is told that nothing is left', async () => {
    const { run_id } = await submit(ISSUES.D);
    const url = `${target().url}/api/decisions/stream/${run_id}?user_id=${USER}`;
    const seen = (await inPage(PATIENT, [url])) as { opened: number; ids: number[] };
    expect(seen.opened).toBe(1);
    expect(seen.ids).toHaveLength(1);
  });

  test('reads a run by fetch, as it goes on', async () => {
    const { run_id } = await submit(ISSUES.E);
    const seen = (await inPage(CONSOLE, [`${target().url}/api/decisions/stream/${run_id}`, null, USER])) as Read;
    expect(seen.status).toBe(200);
    expect(rows(seen.events.map(({ name }) => ({ event: name })))).toEqual(ROWS);
    // More than one piece: what an edge kept to its end would come in one.
    expect(seen.reads).toBeGreaterThan(1);
  });

  test('reads a generated meeting by fetch, with a POST that carries no hash of its body', async () => {
    const { issue_id, run_id } = await submit(ISSUES.A);
    const person = (name: string) => ({ name, role: 'PM', persona_description: '' });
    const body = { issue_id, participants: [person('Ha Min'), person('Oh Nari')] };
    const url = `${target().url}/api/virtual-meetings/generate/${run_id}`;
    const seen = (await inPage(CONSOLE, [url, body, USER])) as Read;
    expect(seen.status).toBe(200);
    expect(seen.events.map(({ name }) => name)).toEqual([...Array<string>(20).fill('utterance'), 'complete']);
    expect(seen.events.at(-1)?.data).toMatchObject({ total_turns: 10, meeting_id: run_id });
  });

  test('is told why a stream does not begin, which it may read', async () => {
    const url = `${target().url}/api/decisions/stream/run_00000000000000000000000000`;
    const script = `async ([url, userId]) => {
      const answer = await fetch(url, { headers: { 'X-User-ID': userId } });
      return [answer.status, (await answer.json()).error.code];
    }`;
    expect(await inPage(script, [url, USER])).toEqual([404, 'RUN_NOT_FOUND']);
  });
});
