import { parseArgs } from 'node:util';
import type { Language } from './attacks/attack';
import { attacksIn } from './attacks';
import { Battle } from './field/battle';
import type { Stage } from './field/stage';

/**
 * `npm run selftest -- URL`: attacks a stage that runs, over HTTP only, and says what came of each attack
 * (docs/security.md, "After a deployment"). It starts runs in the workspace of the key, and nothing else.
 */

const USAGE = `Usage:
  npm run selftest -- URL [--key nk_...] [--only TEXT]
  URL          origin of the stage, such as http://localhost:8787
  --key        an API key with the scopes read and run (default: NARAE_KEY)
  --only TEXT  only attacks whose name holds this text`;

const LANGUAGES: readonly Language[] = ['python', 'node'];

class UsageError extends Error {}

async function main(): Promise<number> {
  const { stage, only } = readArguments();
  let done = 0;
  const failures: string[] = [];
  for (const language of LANGUAGES) {
    const battle = await Battle.begin(stage, language);
    console.log(
      `${language}: user code ${battle.walled ? 'has walls of its own' : 'has the walls of its environment'}`,
    );
    for (const attack of attacksIn(language).filter(({ name }) => name.includes(only))) {
      const name = `${language} ${attack.name}`;
      const { problems, how } = await battle.fight(attack).then(
        ({ problems, outcome: { record } }) => ({
          problems,
          how: `${record.errorType ?? record.status} after ${record.durationMs ?? 0} ms`,
        }),
        (error: unknown) => ({ problems: [error instanceof Error ? error.message : String(error)], how: 'no outcome' }),
      );
      done += 1;
      console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${how}`);
      for (const problem of problems) console.log(`       ${problem}`);
      if (problems.length > 0) failures.push(name);
    }
  }
  console.log(
    `${done - failures.length} of ${done} attacks held off${failures.length > 0 ? `, ${failures.length} not` : ''}`,
  );
  return failures.length === 0 && done > 0 ? 0 : 1;
}

function readArguments(): { readonly stage: Stage; readonly only: string } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { key: { type: 'string' }, only: { type: 'string', default: '' } },
    });
    const [url, ...rest] = positionals;
    if (url === undefined || rest.length > 0) throw new UsageError('Which stage? Give its URL, and nothing else.');
    const key = values.key ?? process.env['NARAE_KEY'];
    return { stage: { to: { url: new URL(url).origin, key }, files: [], ports: [] }, only: values.only };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    const usage = error instanceof UsageError;
    console.error(error instanceof Error ? `${error.message}${usage ? `\n${USAGE}` : ''}` : String(error));
    process.exit(usage ? 2 : 1);
  },
);
