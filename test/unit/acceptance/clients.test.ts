import { createServer, type Server, type ServerResponse } from 'node:http';
import { listen } from '../../../local/process/listen';
import { breakingFetch, followAsPage } from '../../support/event-source';
import { parseStream, RawStream } from '../../support/raw-sse';
import { freePort } from '../../support/ports';

/** What judges the stream is judged here: a client that forgives would make every acceptance test pass. */

const ID = 'inv-00000000000000000000000000';
const TS = '2026-03-02T01:15:09.318Z';
const log = (seq: number, line: string) =>
  frame(seq, 'LOG', { type: 'LOG', invocationId: ID, seq, ts: TS, line, payload: { line, stream: 'stdout' } });
const frame = (seq: number, event: string, data: unknown) =>
  `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const PREAMBLE = 'retry: 2000\n\n';

describe('the parser of the raw client', () => {
  test('takes events and comments, and keeps what is not whole yet', () => {
    const parsed = parseStream(`${PREAMBLE}${log(1, 'a')}: still here\n\n:\n${log(2, '\u2028')}id: 3\nev`);
    expect(parsed.events.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(parsed.comments).toBe(2);
    expect(parsed.rest).toBe('id: 3\nev');
  });

  test.each([
    ['no retry', log(1, 'a')],
    ['another retry', `retry: 3000\n\n${log(1, 'a')}`],
    ['CRLF', `${PREAMBLE}${log(1, 'a').replaceAll('\n', '\r\n')}\n\n`],
    ['data on two lines', `${PREAMBLE}id: 1\nevent: LOG\ndata: {\ndata: }\n\n`],
    ['an event without a name', `${PREAMBLE}id: 1\ndata: {}\n\n`],
    ['an event of another name', `${PREAMBLE}${log(1, 'a').replace('event: LOG', 'event: message')}`],
    ['another order of fields', `${PREAMBLE}event: LOG\nid: 1\ndata: {}\n\n`],
    ['another seq in the data', `${PREAMBLE}${log(1, 'a').replace('id: 1', 'id: 2')}`],
    ['spaces in the JSON', `${PREAMBLE}${log(1, 'a').replace('"seq":1', '"seq": 1')}`],
    ['a field nobody promised', `${PREAMBLE}${log(1, 'a').replace('"seq":1', '"seq":1,"pk":"x"')}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseStream(text)).toThrow();
  });
});

describe('against a server', () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse, lastEventId: number) => void;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    process.env['NARAE_TEST_URL'] = url;
    server = createServer((request, response) => answer(response, Number(request.headers['last-event-id'] ?? 0)));
    await listen(server, port);
  });

  afterAll(async () => new Promise((resolve) => server.close(resolve)));

  const begin = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(PREAMBLE);
  };

  test('the raw client tells an end from a broken connection', async () => {
    const to = { url, key: undefined };
    answer = (response) => {
      begin(response);
      response.end(log(1, 'é'));
    };
    expect((await new RawStream('/', {}, to).toTheEnd()).events).toHaveLength(1);
    answer = (response) => {
      begin(response);
      response.write(log(1, 'a'), () => response.destroy());
    };
    await expect(new RawStream('/', {}, to).toTheEnd()).rejects.toThrow('broke');
    answer = (response) => {
      begin(response);
      response.end(log(1, 'a').slice(0, -1));
    };
    await expect(new RawStream('/', {}, to).toTheEnd()).rejects.toThrow('within an event');
    await expect(new RawStream('/', {}, to).until('more', ({ events }) => events.length > 1)).rejects.toThrow(
      'ended before',
    );
  });

  test('the EventSource reconnects after each break, and is stopped by a 204', async () => {
    answer = (response, lastEventId) => {
      if (lastEventId === 6) {
        response.writeHead(204).end();
        return;
      }
      begin(response);
      for (let seq = lastEventId + 1; seq <= 6; seq++) response.write(log(seq, `line ${seq}`));
      response.end();
    };
    const seen = await followAsPage('/', { reconnect: true, fetch: breakingFetch([300, 500]) });
    expect(seen.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([seen.opened, seen.lastCode, seen.unnamed]).toEqual([3, 204, 0]);
  });
});
