import { ApiKeyStore, byApiKey } from '../../../lambdas/platform/auth/api-keys';
import { requireScope } from '../../../lambdas/platform/auth/principal';
import { RateLimit } from '../../../lambdas/platform/rate-limit';
import { readTicket, signTicket } from '../../../lambdas/platform/auth/ticket';
import { createTable, testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';

const clock = testClock();

describe('API keys', () => {
  const db = testDynamo();
  let table: string;
  let store: ApiKeyStore;

  beforeAll(async () => {
    table = await createTable(db);
    store = new ApiKeyStore(db, table);
  });

  const create = (more: { expiresAtMs?: number } = {}) =>
    store.create({ name: 'ci', scopes: ['read'], workspaces: ['ws-a', 'ws-b'], ...more }, clock.now());

  test('open their first workspace, by either header', async () => {
    const { secret } = await create();
    const authenticate = byApiKey(store, clock);
    for (const headers of [{ authorization: `Bearer ${secret}` }, { 'x-api-key': secret }]) {
      const principal = await authenticate(headers);
      expect(principal).toMatchObject({ workspace: 'ws-a', workspaces: ['ws-a', 'ws-b'], subject: 'ci' });
      expect(() => requireScope(principal, 'run')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }) as Error);
    }
  });

  test('are not found in what is stored', async () => {
    const { secret } = await create();
    const { Items } = await db.send(new ScanCommand({ TableName: table }));
    expect(JSON.stringify(Items)).not.toContain(secret);
  });

  test('are refused when missing, unknown, expired or revoked', async () => {
    const authenticate = byApiKey(store, clock);
    const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error;
    await expect(authenticate({})).rejects.toEqual(refused);
    await expect(authenticate({ 'x-api-key': 'nk_unknown' })).rejects.toEqual(refused);
    const expired = await create({ expiresAtMs: clock.now() + 1_000 });
    const revoked = await create();
    expect(await store.revoke(revoked.key.id)).toBe(true);
    expect(await store.revoke(revoked.key.id)).toBe(false);
    clock.advance(2_000);
    await expect(authenticate({ 'x-api-key': expired.secret })).rejects.toEqual(refused);
    await expect(authenticate({ 'x-api-key': revoked.secret })).rejects.toEqual(refused);
  });

  test('note their last use', async () => {
    const { secret, key } = await create();
    await byApiKey(store, clock)({ 'x-api-key': secret });
    expect((await store.list()).find(({ id }) => id === key.id)?.lastUsedAt).toBe(clock.now());
  });
});

describe('a stream ticket', () => {
  const now = clock.now();
  const ticket = signTicket('secret key', {
    workspace: 'ws-a',
    runId: 'inv-1',
    openUntil: now + 60_000,
    resumeUntil: now + 900_000,
  });
  const wanted = { runId: 'inv-1', resuming: false, now };

  test('opens the stream of its run for a minute, and resumes it for longer', () => {
    expect(readTicket('secret key', ticket, wanted)).toBe('ws-a');
    expect(readTicket('secret key', ticket, { ...wanted, now: now + 61_000 })).toBeUndefined();
    expect(readTicket('secret key', ticket, { ...wanted, now: now + 61_000, resuming: true })).toBe('ws-a');
    expect(readTicket('secret key', ticket, { ...wanted, now: now + 901_000, resuming: true })).toBeUndefined();
  });

  test('opens nothing else, and not when changed in any character', () => {
    expect(readTicket('secret key', ticket, { ...wanted, runId: 'inv-2' })).toBeUndefined();
    expect(readTicket('other key', ticket, wanted)).toBeUndefined();
    for (let index = 0; index < ticket.length; index += 1) {
      const changed = ticket.slice(0, index) + (ticket[index] === 'A' ? 'B' : 'A') + ticket.slice(index + 1);
      expect(readTicket('secret key', changed, wanted)).toBeUndefined();
    }
    for (const junk of ['', '.', 'a.b', `${ticket}.x`, 'e30.'])
      expect(readTicket('secret key', junk, wanted)).toBeUndefined();
  });
});

describe('the rate limit', () => {
  test('refuses a workspace beyond its burst, fills up again, and leaves others alone', () => {
    const time = testClock();
    const limit = new RateLimit(time, { perSecond: 10, burst: 20 });
    limit.take('ws-a', 20);
    expect(() => limit.take('ws-a')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', headers: { 'Retry-After': '1' } }) as Error,
    );
    limit.take('ws-b');
    time.advance(500);
    limit.take('ws-a', 5);
    expect(() => limit.take('ws-a')).toThrow('Too many requests');
  });
});
