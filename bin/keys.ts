import { parseArgs } from 'node:util';
import { ApiKeyStore, isScope, type ApiKey } from '../lambdas/platform/auth/api-keys';
import { dynamo } from '../lambdas/platform/aws/clients';
import { iso } from '../lambdas/platform/time/clock';
import { DEFAULT_WORKSPACE, ALL_SCOPES } from '../lambdas/platform/auth/principal';
import type { Scope } from '../lambdas/platform/http/route';

/** `npm run keys -- create | list | revoke`: API keys of an installation (docs/deploy.md, "Keys"). */

const USAGE = `Usage:
  npm run keys -- create --name NAME [--workspaces ws-a,ws-b] [--scopes read,run,write,admin] [--days N]
  npm run keys -- list
  npm run keys -- revoke KEY_ID
Options: --table NAME (default: NARAE_ENTITIES_TABLE), --json`;

const DEFAULT_SCOPES: readonly Scope[] = ['read', 'run', 'write'];

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const table = values.table ?? process.env['NARAE_ENTITIES_TABLE'];
  if (!table) throw new UsageError('Which installation? Give --table, the EntitiesTableName output of the data stack.');
  const store = new ApiKeyStore(dynamo(), table);
  const [command, ...rest] = positionals;
  switch (command) {
    case 'create':
      return create(store, values);
    case 'list':
      return list(store, values.json);
    case 'revoke':
      return revoke(store, rest[0]);
    default:
      throw new UsageError(command === undefined ? 'What is to be done?' : `There is no '${command}'.`);
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        workspaces: { type: 'string', default: DEFAULT_WORKSPACE },
        scopes: { type: 'string', default: DEFAULT_SCOPES.join(',') },
        days: { type: 'string' },
        table: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof readArguments>['values'];

async function create(store: ApiKeyStore, values: Values): Promise<void> {
  const name = values.name?.trim();
  if (!name) throw new UsageError('Give the key a --name, so that it can be told from others later.');
  const scopes = listOf(values.scopes);
  const unknown = scopes.filter((scope) => !isScope(scope));
  if (scopes.length === 0 || unknown.length > 0) {
    throw new UsageError(
      `--scopes takes ${ALL_SCOPES.join(', ')}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}.`,
    );
  }
  const workspaces = listOf(values.workspaces);
  const wrong = workspaces.filter((workspace) => !/^ws-[A-Za-z0-9-]{1,64}$/.test(workspace));
  if (workspaces.length === 0 || wrong.length > 0) {
    throw new UsageError(
      `--workspaces takes ids like ${DEFAULT_WORKSPACE}, separated by commas${wrong.length > 0 ? `, not ${wrong.join(', ')}` : ''}.`,
    );
  }
  const { secret, key } = await store.create(
    { name, scopes: scopes.filter(isScope), workspaces, expiresAtMs: expiry(values.days) },
    Date.now(),
  );
  if (values.json) console.log(JSON.stringify({ ...view(key), key: secret }));
  else
    console.log(
      `${secret}\n\nThis is ${key.id}, shown this once: it is stored as a hash. Send it as \`Authorization: Bearer nk_...\`.`,
    );
}

async function list(store: ApiKeyStore, json: boolean): Promise<void> {
  const keys = (await store.list()).sort((a, b) => a.createdAt - b.createdAt).map(view);
  if (json) console.log(JSON.stringify(keys));
  else if (keys.length === 0) console.log('There are no keys yet. Make one: npm run keys -- create --name NAME');
  else
    console.table(
      keys.map(({ scopes, workspaces, ...key }) => ({
        ...key,
        scopes: scopes.join(' '),
        workspaces: workspaces.join(' '),
      })),
    );
}

async function revoke(store: ApiKeyStore, id: string | undefined): Promise<void> {
  if (id === undefined) throw new UsageError('Which key? Give its id, as `list` shows it.');
  if (!(await store.revoke(id))) throw new UsageError(`There is no key '${id}'. \`list\` shows all.`);
  console.log(`${id} is revoked.`);
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function expiry(days: string | undefined): number | undefined {
  if (days === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(days)) throw new UsageError('--days takes a whole number from 1 to 9999.');
  return Date.now() + Number(days) * 86_400_000;
}

function view({ id, name, scopes, workspaces, createdAt, expiresAtMs, lastUsedAt }: ApiKey) {
  const time = (at: number | undefined): string => (at === undefined ? '' : iso(at));
  return {
    id,
    name,
    scopes,
    workspaces,
    createdAt: iso(createdAt),
    expiresAt: time(expiresAtMs),
    lastUsedAt: time(lastUsedAt),
  };
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n${USAGE}`);
  else console.error(`Keys cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError ? 2 : 1);
});
