import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { post, read, type Target } from '../support/api';
import { deployedApp, ended, Queued, upload } from '../support/builds';
import { authTarget, createKey } from '../support/keys';
import { waitFor } from '../support/wait';
import type { Attack, AttackEvent } from './attacks/attack';
import {
  ATTACK_MODULES,
  endingAttacks,
  expectedOf,
  moduleOf,
  tellingAttacks,
  UNHARMED,
  VICTIM,
} from './attacks/of-apps';
import { newCanary, newMark } from './field/stage';
import { Machine } from './host/machine';

/** The attacks by code that was uploaded, built, pushed and deployed, and is invoked as its function is. */

const WORKSPACE = 'ws-attacks-deployed';
const MAIN =
  'import importlib\ndef handler(event):\n    attack = event["body"]["attack"]\n    return importlib.import_module(attack).handler(event["body"]) if attack else "here"\n';

const Made = z.looseObject({ id: z.string() });
const Log = z.looseObject({ status: z.string(), responseBody: z.unknown() });

const machine = Machine.of(process.env['NARAE_TEST_AUTH_STATE_DIR'] ?? '');
const walled = machine.facts.isolation.tier === 'full';
const mark = newMark();
let folder: string;
let to: Target;
let event: AttackEvent;
let victim: string;
let attacker: string;
/** The same code, with less time for what it does not end. */
let ending: string;

/** Uploads, builds, pushes and deploys. @returns where the function is */
async function deployed(
  files: Readonly<Record<string, string>>,
  environmentVariables: Readonly<Record<string, string>>,
  timeout = 30,
): Promise<string> {
  const body = { name: 'deployed', code: Buffer.from(MAIN).toString('base64'), environmentVariables, timeout };
  const { id } = read(await post(`/api/workspaces/${WORKSPACE}/functions`, body, { to }), 201, Made);
  const content = Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
  const fields = { workspace_id: WORKSPACE };
  const queued = read(await upload('build-and-push', { name: 'app.zip', content }, fields, {}, to), 202, Queued);
  const { result, error } = await ended(queued.task_id, to);
  expect(error).toBeNull();
  await deployedApp({ image_ref: result?.image_url, function_id: id }, to);
  return `/api/workspaces/${WORKSPACE}/functions/${id}`;
}

const call = (where: string, body: unknown) => post(`${where}/invoke`, body, { to });
const answerOf = async (where: string, body: unknown = {}): Promise<unknown> =>
  read(await call(where, body), 200, Log).responseBody;
const attackBy = (attack: Attack) => ({ ...event, attack: moduleOf(attack) });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'narae-deployed-'));
  const file = path.join(folder, 'secret');
  writeFileSync(file, newCanary(), { mode: 0o644 });
  to = authTarget((await createKey('attacks-deployed', WORKSPACE, 'read,run,write')).key);
  event = {
    mark,
    files: [file, path.join(machine.stateDir, 'system.json'), path.resolve('package.json')],
    ports: Object.values(machine.facts.ports).filter((port) => port > 0),
  };
  victim = await deployed({ 'app.py': VICTIM }, { SECRET: newCanary() });
  attacker = await deployed({ 'app.py': MAIN, ...ATTACK_MODULES }, { MARK: mark });
  ending = await deployed({ 'app.py': MAIN, ...ATTACK_MODULES }, { MARK: mark }, 3);
}, 400_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('there is something to attack, and something to do it', async () => {
  expect(await answerOf(victim)).toEqual(UNHARMED);
  expect(await answerOf(attacker, { attack: '' })).toBe('here');
});

const behindWalls = walled ? describe : describe.skip;
behindWalls('behind walls (without bubblewrap there are none)', () => {
  test.each(tellingAttacks.map((attack) => [attack.name, attack] as const))('finds nothing: %s', async (_, attack) => {
    expect(await answerOf(attacker, attackBy(attack))).toEqual(expectedOf(attack));
    expect(await answerOf(victim)).toEqual(UNHARMED);
  });

  test.each(endingAttacks.map((attack) => [attack.name, attack] as const))(
    'harms itself at most: %s',
    async (_, attack) => {
      expect([200, 500, 502, 503, 504]).toContain((await call(ending, attackBy(attack))).status);
      expect(await answerOf(victim)).toEqual(UNHARMED);
      await waitFor('the app to answer again', async () =>
        (await answerOf(ending, { attack: '' })) === 'here' ? true : undefined,
      );
    },
  );
});
