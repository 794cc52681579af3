import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attack, AttackEvent } from '../../security/attacks/attack';
import {
  ATTACK_MODULES,
  endingAttacks,
  expectedOf,
  moduleOf,
  tellingAttacks,
  UNHARMED,
  VICTIM,
} from '../../security/attacks/of-apps';
import { newCanary } from '../../security/field/stage';
import { descendantsOf, processesWith, type Process } from '../../security/host/processes';
import { waitFor } from '../../support/wait';
import { startLambdaStack, type LambdaStack } from '../local/support/lambda-stack';
import { describeIsolated } from '../sandbox/support/bubblewrap';
import { DeployedApps, signedCall } from './deployed-apps';

/** The attacks of test/security, by the code of a deployed app. */

/** The process of an environment that talks to Lambda. */
const isRuntime = ({ commandLine }: Process): boolean => commandLine.includes('python_runtime.py');

const MAIN =
  'import importlib\ndef handler(event):\n    return importlib.import_module(event["attack"]).handler(event)';

describeIsolated('a deployed app that attacks', (isolation, dir) => {
  const name = (what: string): string => `${what}${randomUUID().slice(0, 8)}`;
  const mark = `mark-${randomUUID()}`;
  const file = path.join(dir, 'secret');
  let stack: LambdaStack;
  let apps: DeployedApps;
  let victim: URL;
  let attacker: URL;
  let before: unknown;

  beforeAll(async () => {
    writeFileSync(file, newCanary(), { mode: 0o644 });
    stack = await startLambdaStack({ environment: (task) => ({ ...isolation().environment(task) }) });
    apps = await DeployedApps.on(stack);
    victim = await apps.deploy(name('victim'), { code: VICTIM, environment: { SECRET: newCanary() } });
    attacker = await apps.deploy(name('attacker'), { code: MAIN, others: ATTACK_MODULES, environment: { MARK: mark } });
    before = await signedCall(victim, '{}');
  });
  afterAll(() => stack.stop());

  const attackBy = (url: URL, attack: Attack) => {
    const ports = [stack.service.endpoint, stack.awsEndpoint, victim].map((address) => Number(new URL(address).port));
    const event: AttackEvent = { mark, files: [file, path.resolve('package.json')], ports };
    return signedCall(url, JSON.stringify({ ...event, attack: moduleOf(attack) }));
  };

  test('there is something to attack, and something to do it', () => {
    expect(before).toEqual({ status: 200, body: UNHARMED });
    expect(tellingAttacks.length).toBeGreaterThan(10);
    expect(endingAttacks.length).toBeGreaterThan(5);
  });

  test('cannot answer for requests that are still to come', async () => {
    const forged = JSON.stringify({ id: 'another', result: '"forged"' });
    const code = `import os\ndef handler(event):\n    if "forge" in event:\n        os.write(4, ${JSON.stringify(`${forged}\n`)}.encode() * 3)\n    return "mine"`;
    const url = await apps.deploy(name('forger'), { code });
    expect(await signedCall(url, '{"forge":1}')).toMatchObject({ status: 502 });
    for (let call = 0; call < 3; call += 1) expect(await signedCall(url, '{}')).toEqual({ status: 200, body: 'mine' });
  });

  test.each(tellingAttacks.map((attack) => [attack.name, attack] as const))('finds nothing: %s', async (_, attack) => {
    expect(await attackBy(attacker, attack)).toEqual({ status: 200, body: expectedOf(attack) });
    expect(await signedCall(victim, '{}')).toEqual(before);
  });

  test('harms nobody but itself where it ends what it runs in, and is then started anew', async () => {
    const app = name('ending');
    const dead = `mark-${randomUUID()}`;
    const url = await apps.deploy(app, {
      code: `${MAIN} if "attack" in event else "here"`,
      others: ATTACK_MODULES,
      environment: { MARK: dead },
      timeoutSeconds: 2,
    });
    await signedCall(url, '{}');
    const atRest = descendantsOf(processesWith(dead).find(isRuntime)?.pid ?? 0).length;
    expect(atRest).toBeGreaterThan(0);
    for (const attack of endingAttacks) {
      const { status } = await attackBy(url, attack);
      expect([attack.name, [200, 500, 502, 504].includes(status)]).toEqual([attack.name, true]);
      expect(await signedCall(victim, '{}')).toEqual(before);
      expect([attack.name, await signedCall(url, '{}')]).toEqual([attack.name, { status: 200, body: 'here' }]);
    }
    // What runs there now is the one environment that has answered last.
    const left = await waitFor('all but one environment of it to be gone', () => {
      const found = processesWith(dead);
      return found.filter(isRuntime).length === 1 ? found : undefined;
    });
    const environment = left.find(isRuntime);
    const ofIt = descendantsOf(environment?.pid ?? 0).map(({ pid }) => pid);
    expect(left.filter((found) => found !== environment && !ofIt.includes(found.pid))).toEqual([]);
    expect(ofIt.length).toBe(atRest);
  });
});
