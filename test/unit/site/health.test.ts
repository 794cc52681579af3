import { createServer, type Server, type ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { listen } from '../../../local/process/listen';
import { storeProbe } from '../../../lambdas/site/health';
import { waitFor } from '../../support/wait';
import { testClock, type TestClock } from '../../support/clock';

/** A store that answers when it is told to. */
let server: Server;
let db: DynamoDBDocumentClient;
let clock: TestClock;
let healthy: () => Promise<boolean>;
let asked: number;
/** Answers that the probe's client has read. */
let answered: number;
let held: ServerResponse[];
let reported: unknown[];
let holds: boolean;

const respond = (response: ServerResponse) =>
  response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');

beforeEach(async () => {
  [asked, answered, held, reported, holds] = [0, 0, [], [], false];
  server = createServer((_request, response) => {
    asked += 1;
    if (holds) held.push(response);
    else respond(response);
  });
  const port = await listen(server);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = `http://127.0.0.1:${port}`;
  db = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }));
  db.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      answered += 1;
      return answer;
    },
    { step: 'initialize' },
  );
  clock = testClock();
  healthy = storeProbe(db, 'entities', clock, (cause) => reported.push(cause));
});

afterEach(async () => {
  db.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const untilAsked = (times: number) => waitFor(`question ${times}`, () => asked === times || undefined);

test('asks at most once a second, however many ask', async () => {
  expect(await Promise.all([healthy(), healthy(), healthy()])).toEqual([true, true, true]);
  clock.advance(999);
  expect(await healthy()).toBe(true);
  expect(asked).toBe(1);
});

test('gives the last good answer while the store is asked again, once', async () => {
  await healthy();
  holds = true;
  clock.advance(1_500);
  expect(await Promise.all([healthy(), healthy()])).toEqual([true, true]);
  await untilAsked(2);
  // Nothing was waited for: the store has not answered.
  expect(held).toHaveLength(1);
});

test('a new answer is as good as one that was waited for', async () => {
  await healthy();
  clock.advance(4_000);
  await healthy();
  await waitFor('the second answer', () => answered === 2 || undefined);
  // The first answer is too old by now.
  clock.advance(4_000);
  expect(await healthy()).toBe(true);
  expect(answered).toBe(2);
});

test('waits when the last answer is older than five seconds', async () => {
  await healthy();
  clock.advance(5_000);
  expect(await healthy()).toBe(true);
  expect(answered).toBe(2);
});

test('says so when the store does not answer, and asks again a second later', async () => {
  holds = true;
  expect(await healthy()).toBe(false);
  expect(reported).toEqual([expect.objectContaining({ name: 'AbortError' })]);
  holds = false;
  clock.advance(999);
  expect(await healthy()).toBe(false);
  clock.advance(1);
  expect(await healthy()).toBe(true);
});

test('a refresh that failed, as one does that Lambda froze, makes the next caller ask and nobody unhealthy', async () => {
  await healthy();
  holds = true;
  clock.advance(1_500);
  expect(await healthy()).toBe(true);
  await untilAsked(2);
  held.forEach((response) => response.destroy());
  holds = false;
  // Half a second later no refresh is due, but the last answer is gone.
  await waitFor('the third question', async () => {
    expect(await healthy()).toBe(true);
    return asked === 3 || undefined;
  });
});
