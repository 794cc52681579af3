import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { authTarget, createKey, type Key } from '../support/keys';
import type { Language } from './attacks/attack';
import { attacksIn } from './attacks';
import { Battle } from './field/battle';
import { newCanary } from './field/stage';
import { Machine } from './host/machine';
import { findings, logsOf, storesOf, ticketSecretOf } from './host/stored';

/** Descriptors that a supervisor may open late: of its connections, and of what its runtime loads. */
const SPARE_DESCRIPTORS = 4;

/** All attacks of a language against a system of our own, and a look at the machine and at all that is stored after them. */
export function describeAttacks(language: Language): void {
  describe(`attacks in ${language}`, () => {
    const hostSecret = process.env['TEST_HOST_SECRET'] ?? '';
    const fileSecret = newCanary();
    /** Values by what they are: in the clear nowhere, and in no log. */
    const secrets = new Map<string, string>();
    const data = new Map<string, string>();
    let folder: string;
    let machine: Machine;
    let key: Key;
    let battle: Battle;
    let descriptors: number;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'narae-security-'));
      const file = path.join(folder, 'secret');
      writeFileSync(file, fileSecret, { mode: 0o644 });
      machine = Machine.of(process.env['NARAE_TEST_AUTH_STATE_DIR'] ?? '');
      key = await createKey(`attacks-${language}`, `ws-attacks-${language}`, 'read,run');
      const ports = Object.values(machine.facts.ports);
      const files = [file, path.join(machine.stateDir, 'system.json'), path.resolve('package.json')];
      battle = await Battle.begin({ to: authTarget(key.key), files, ports }, language);
      const atRest = await machine.environmentsAtRest(language);
      descriptors = Math.max(...atRest.map((environment) => environment.descriptors));
    }, 120_000);

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('meet the walls that this machine can give', () => {
      expect(battle.walled).toBe(machine.facts.isolation.tier === 'full');
      expect(hostSecret).toMatch(/^canary-/);
    });

    test.each(attacksIn(language).map((attack) => [attack.name, attack] as const))('%s', async (name, attack) => {
      const { problems, mark, outcome, clean } = await battle.fight(attack);
      secrets.set(`the environment value of the run after '${name}'`, clean.secret);
      data.set(`the code or event of the run after '${name}'`, clean.data);
      expect([...problems, ...(await machine.remainsOf(mark))]).toEqual([]);
      const said = JSON.stringify([outcome.record, outcome.stream.events]);
      expect(findings([{ name: 'its record or events', text: said }], secrets)).toEqual([]);
      expect(findings([{ name: 'its record or events', text: said }], data)).toEqual([]);
    });

    test('leave the sandboxes with one child, one folder and no more descriptors than before', async () => {
      const environments = await machine.environmentsAtRest(language);
      expect(environments.length).toBeGreaterThan(0);
      expect(new Set(environments.map(({ processes }) => processes)).size).toBe(1);
      for (const { descriptors: now } of environments) expect(now).toBeLessThanOrEqual(descriptors + SPARE_DESCRIPTORS);
    });

    test('tell nothing that is secret: not in a table, an object, a log group or a log file', async () => {
      secrets.set('the environment of this machine', hostSecret);
      secrets.set('a file of this machine', fileSecret);
      secrets.set('the API key', key.key);
      secrets.set('the key that signs tickets', await ticketSecretOf(machine.facts));
      const [logs, stores] = [await logsOf(machine.facts), await storesOf(machine.facts)];
      expect(findings([...logs, ...stores], secrets)).toEqual([]);
      expect(findings(logs, data)).toEqual([]);
      // The search finds what is there: what callers send is stored.
      expect(findings(stores, data).length).toBeGreaterThan(0);
      expect(logs.some(({ text }) => text.includes('REPORT RequestId'))).toBe(true);
    });
  });
}
