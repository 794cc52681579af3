import { Envelope } from '../../../lambdas/engine/store/envelope';
import { createKey, testKms } from '../../support/aws';
import { testClock } from '../../support/clock';

const kms = testKms();
const clock = testClock();
let keyId: string;

beforeAll(async () => {
  keyId = await createKey(kms);
});

test('opens in another process for the owner it was sealed for, and for nobody else', async () => {
  const sealed = await new Envelope(kms, keyId, clock).seal('inv-1', { TOKEN: 'canary-value' });
  expect(JSON.stringify(sealed)).not.toContain('canary');
  expect(await new Envelope(kms, keyId, clock).open('inv-1', sealed)).toEqual({ TOKEN: 'canary-value' });
  await expect(new Envelope(kms, keyId, clock).open('inv-2', sealed)).rejects.toThrow();
  await expect(
    new Envelope(kms, keyId, clock).open('inv-1', { ...sealed, data: sealed.data.replace(/^./, 'A') + 'AAAA' }),
  ).rejects.toThrow();
});

test('asks KMS for a data key once in five minutes', async () => {
  const envelope = new Envelope(kms, keyId, clock);
  const first = await envelope.seal('a', { A: '1' });
  const second = await envelope.seal('b', { A: '1' });
  clock.advance(5 * 60_000 + 1);
  const third = await envelope.seal('c', { A: '1' });
  expect(second.key).toBe(first.key);
  expect(third.key).not.toBe(first.key);
  expect(second.data).not.toBe(first.data);
});
