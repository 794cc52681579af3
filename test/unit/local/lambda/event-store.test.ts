import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventStore } from '../../../../local/lambda/async/event-store';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'narae-events-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const event = { id: 'e1', functionName: 'f', payload: '{}', acceptedAt: 1, attempts: 0 };

describe('the store of accepted events', () => {
  test('finds what was saved, and removes what a killed process had begun to write', async () => {
    const store = new EventStore(dir);
    await store.save(event);
    writeFileSync(path.join(dir, 'e2.json.tmp'), '{"id":"e2"');

    expect(new EventStore(dir).load()).toEqual([event]);
    expect(readdirSync(dir)).toEqual(['e1.json']);
  });

  test('says that an event is not kept where it could not be written', async () => {
    const store = new EventStore(dir);
    rmSync(dir, { recursive: true });

    await expect(store.save(event)).rejects.toThrow('ENOENT');
  });
});
