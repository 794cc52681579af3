import type { Attack } from './attack';
import { attacksIn } from './index';

/** The attacks, by the code of a deployed app: all in one, each a module of it, and a call names the one to make. */

/** They try addresses of others: what listens on this machine is asked for by its own attack. */
const ELSEWHERE = /link-local|runtime API/;
const ours = attacksIn('python').filter(({ name }) => !ELSEWHERE.test(name));

export const moduleOf = (attack: Attack): string => `attack_${ours.findIndex(({ name }) => name === attack.name)}`;
/** Files of the app beside its own. */
export const ATTACK_MODULES: Readonly<Record<string, string>> = Object.fromEntries(
  ours.map((attack) => [`${moduleOf(attack)}.py`, attack.source]),
);

/** What an attack returns that found nothing and changed nothing, behind the walls of full isolation. */
export const expectedOf = ({ walledReturns, returns }: Attack): unknown => walledReturns ?? returns;
/**
 * Those that look for something, or change it, and say what came of it. Forged answers have a test of their own; and a
 * process stays between calls, with what the attack before did to its descriptors.
 */
export const tellingAttacks = ours.filter(
  (attack) => expectedOf(attack) !== undefined && !/^(forges frames|closes stdout|replaces stdout)/.test(attack.name),
);
/** Those that end or stop what they run in. */
export const endingAttacks = ours.filter(({ name }) =>
  /^(ends its process in|crashes|stops|signals|forks|runs away)/.test(name),
);

/** An app beside it that knows a secret, and what it says as long as nobody has harmed it. */
export const VICTIM = `
import os
SECRET = os.environ["SECRET"]
open("kept", "w").write(SECRET)
def handler(event):
    return [SECRET == os.environ["SECRET"] == open("kept").read(), sorted(os.listdir(".")), hasattr(__builtins__, "poisoned")]
`;
export const UNHARMED = [true, ['kept'], false];
