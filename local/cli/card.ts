import path from 'node:path';
import { LANGUAGES, RUNTIMES } from '../runtimes';
import type { SystemFile } from '../system/state-folder';

const TIERS = {
  full: 'full: user code sees no files, processes or network of this machine',
  limits: 'process limits only',
  none: 'none',
};

const EXAMPLE = {
  runtime: 'python3.13',
  code: 'def handler(event):\n    print("hi", event["who"])\n    return {"hello": event["who"]}',
  payload: { who: 'Bora' },
};

/** What a person wants to know when the system is up. */
export function card({ url, auth, isolation, versions, logs }: SystemFile, stateDir: string, hint?: string): string {
  const key = auth === 'none' ? '' : ` -H "Authorization: Bearer $NARAE_KEY"`;
  const languages = LANGUAGES.map((language) => `${RUNTIMES[language].label} ${versions[language]}`);
  const near = (folder: string) => path.relative(process.cwd(), folder) || '.';
  const lines = [
    '',
    `  Narae is running at ${url}`,
    '',
    ...(auth === 'none' ? [] : ['  Make a key first:  npm run keys -- create --name me', '']),
    '  Run something, then follow it live (its id is in the answer):',
    `    curl -s ${url}/invocations${key} -H 'Content-Type: application/json' \\`,
    `      -d '${JSON.stringify(EXAMPLE)}'`,
    `    curl -N ${url}/stream/invocations/<invocationId>${key}`,
    '',
    `  API        ${url}/docs (credentials: ${auth})`,
    `  User code  ${languages.join(', ')}; isolation ${TIERS[isolation.tier]}`,
    ...isolation.gaps.map((gap) => `             - ${gap}`),
    ...(hint === undefined ? [] : [`             ${hint}`]),
    `  Logs       ${near(logs)}    State  ${near(path.join(stateDir, 'state'))}`,
    '  Stop       Ctrl-C',
    '',
  ];
  return lines.join('\n');
}
