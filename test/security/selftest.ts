import { parseArgs } from 'node:util';
import type { Language } from './attacks/attack';
import { attacksIn } from './attacks';
import { HOSTILE_REQUESTS } from './attacks/requests';
import { Battle } from './field/battle';
import { problemsWith, sendAsIs } from './field/hostile';
import type { Stage } from './field/stage';
import { smoke } from '../smoke/smoke';

/**
 * `npm run selftest -- URL`: attacks a stage that runs, over HTTP only, and says what came of each attack
 * (docs/security.md, "After a deployment"). With `--smoke` it only looks whether the stage works: the gate after a deployment
 * (docs/deploy.md, "A pipeline"). It works in the workspace of the key, and in one that it makes and removes.
 */

const USAGE = `Usage:
  npm run selftest -- URL [--key nk_...] [--only TEXT]
  npm run selftest -- URL [--key nk_...] --smoke [--json]
  URL          origin of the stage, such as http://localhost:8787
  --key        an API key with the scopes read and run, for --smoke also write (default: NARAE_KEY)
  --only TEXT  only attacks whose name holds this text
  --smoke      whether the stage works, in well under a minute, instead of the attacks
  --json       what came of each check as JSON`;

const LANGUAGES: readonly Language[] = ['python', 'node'];

class UsageError extends Error {}

/** What came of what was tried, counted and said. */
class Tally {
  #done = 0;
  readonly #failures: string[] = [];

  note(name: string, how: string, problems: readonly string[]): void {
    this.#done += 1;
    if (problems.length > 0) this.#failures.push(name);
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${how}`);
    for (const problem of problems) console.log(`       ${problem}`);
  }

  /** Says how many were held off. @returns exit status */
  sum(): number {
    const [done, failures] = [this.#done, this.#failures];
    console.log(
      `${done - failures.length} of ${done} attacks held off${failures.length > 0 ? `, ${failures.length} not` : ''}`,
    );
    return failures.length === 0 && done > 0 ? 0 : 1;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function main(): Promise<number> {
  const { stage, only, gate, json } = readArguments();
  if (gate) return passes(stage, json);
  const tally = new Tally();
  for (const language of LANGUAGES) {
    const attacks = attacksIn(language).filter(({ name }) => name.includes(only));
    if (attacks.length > 0) await attackIn(language, attacks, stage, tally);
  }
  for (const request of HOSTILE_REQUESTS.filter(({ name }) => name.includes(only))) {
    const { how, problems } = await sendAsIs(stage.to, request).then(
      (answer) => ({ how: String(answer.status), problems: problemsWith(request, answer) }),
      (error: unknown) => ({ how: 'no answer', problems: [messageOf(error)] }),
    );
    tally.note(`request with ${request.name}`, how, problems);
  }
  return tally.sum();
}

/** @returns exit status */
async function passes({ to }: Stage, json: boolean): Promise<number> {
  const findings = await smoke(to, ({ ok, name, ms, problem }) => {
    if (!json) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${problem ?? `${ms} ms`}`);
  });
  const failed = findings.filter(({ ok }) => !ok).length;
  console.log(
    json
      ? JSON.stringify({ url: to.url, ok: failed === 0, checks: findings })
      : `${findings.length - failed} of ${findings.length} checks passed`,
  );
  return failed === 0 ? 0 : 1;
}

async function attackIn(language: Language, attacks: ReturnType<typeof attacksIn>, stage: Stage, tally: Tally) {
  const battle = await Battle.begin(stage, language);
  console.log(`${language}: user code has ${battle.walled ? 'walls of its own' : 'the walls of its environment'}`);
  for (const attack of attacks) {
    const { problems, how } = await battle.fight(attack).then(
      ({ problems, outcome: { record } }) => ({
        problems,
        how: `${record.errorType ?? record.status} after ${record.durationMs ?? 0} ms`,
      }),
      (error: unknown) => ({ problems: [messageOf(error)], how: 'no outcome' }),
    );
    tally.note(`${language} ${attack.name}`, how, problems);
  }
}

function readArguments(): {
  readonly stage: Stage;
  readonly only: string;
  readonly gate: boolean;
  readonly json: boolean;
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        only: { type: 'string', default: '' },
        smoke: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const [url, ...rest] = positionals;
    if (url === undefined || rest.length > 0) throw new UsageError('Which stage? Give its URL, and nothing else.');
    const key = values.key ?? process.env['NARAE_KEY'];
    const to = { url: new URL(url).origin, key };
    return { stage: { to, files: [], ports: [] }, only: values.only, gate: values.smoke, json: values.json };
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    const usage = error instanceof UsageError;
    console.error(messageOf(error) + (usage ? `\n${USAGE}` : ''));
    process.exit(usage ? 2 : 1);
  },
);
