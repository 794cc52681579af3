import { resolveRuntime } from '../../platform/runtimes';
import type { UseCases } from '../../platform/http/endpoint';
import { invalid } from '../../platform/http/errors';
import { maySee, type Principal } from '../../platform/auth/principal';
import { retryOnConflict } from '../../platform/dynamo/transact';
import { changed } from './update-function';
import { codeCharsOf } from './code';
import type { FunctionConfig } from '../contract';
import { inGroups } from '../../platform/in-groups';
import { NOTHING } from './counters';
import { unmasked } from './environment';
import { asPlatformFault, isPossibleId, notFound } from '../errors';
import { problemOf } from '../passthrough/invocation-url';
import { ownAddress } from '../passthrough/own-address';
import type { Ports } from '../ports';
import type { FunctionRecord } from './records';
import type { functionsRoutes } from '../routes';
import { settingsBytesOf, toFunction } from '../view';
import { findWorkspace } from '../workspaces/workspaces';

type Service = UseCases<typeof functionsRoutes>;

/** Objects of the bucket that are fetched at the same time, for a list that is not in the cache. */
const CODES_AT_ONCE = 24;

/**
 * Code first, then record and count together: a failure in between leaves no function
 * (docs/contracts/functions.md#create).
 */
export const createFunction =
  (ports: Ports): Service['createFunction'] =>
  async ({ params, body }, { principal }) => {
    resolveRuntime(body.runtime, 'runtime');
    const { id: workspace } = await findWorkspace(params.workspaceId, principal, ports);
    const now = ports.clock.now();
    const { code: source, environmentVariables, ...settings } = body;
    const id = ports.ids.next('fn', now);
    const values = unmasked(environmentVariables, {});
    const envNames = Object.keys(values);
    const [code, env] = await Promise.all([
      ports.codes.put(workspace, id, source),
      envNames.length > 0 ? ports.envelope.seal(id, values) : undefined,
    ]).catch((error: unknown) => {
      throw notStored(error);
    });
    const withoutSize: Omit<FunctionRecord, 'settingsBytes'> = {
      ...settings,
      workspace,
      id,
      envNames,
      ...(env && { env }),
      code,
      codeChars: codeCharsOf(source),
      invocationUrl: null,
      status: 'active',
      createdAt: now,
      lastModified: now,
      lastDeployed: null,
      version: 1,
    };
    const record = { ...withoutSize, settingsBytes: settingsBytesOf(withoutSize) };
    try {
      await ports.functions.insert(record);
    } catch (error) {
      await ports.codes.deleteAll(workspace, id).catch(() => undefined);
      throw notStored(error);
    }
    return { body: toFunction(record, source, NOTHING) };
  };

const notStored = (error: unknown): unknown =>
  asPlatformFault(error, 'CREATE_ERROR', 'The function could not be stored. It has been logged.');

export const listFunctions =
  (ports: Ports): Service['listFunctions'] =>
  async ({ params }, { principal }) => {
    const { id: workspace } = await findWorkspace(params.workspaceId, principal, ports);
    try {
      const records = await ports.functions.all(workspace);
      const meters = await ports.counters.ofAll(
        workspace,
        records.map(({ id }) => id),
      );
      const sources = await inGroups(records, CODES_AT_ONCE, ({ id, code }) => ports.codes.get(workspace, id, code));
      return {
        body: records.map((record, at) => toFunction(record, sources[at] ?? '', meters[at] ?? NOTHING)),
      };
    } catch (error) {
      throw asPlatformFault(error, 'LIST_ERROR', 'The functions could not be listed. It has been logged.');
    }
  };

export const getFunction =
  (ports: Ports): Service['getFunction'] =>
  async ({ params }, { principal }) => ({
    body: await shown(await findFunction(params, principal, ports), ports),
  });

/** Only the fields present change; what is the same afterwards was no change (docs/contracts/functions.md#patch). */
export const updateFunction =
  (ports: Ports): Service['updateFunction'] =>
  async ({ params, body }, { principal, headers }) => {
    if (body.runtime !== undefined) resolveRuntime(body.runtime, 'runtime');
    const record = await retryOnConflict(async () => {
      const before = await findFunction(params, principal, ports);
      // What the platform issued may be sent back as it was.
      if (typeof body.invocationUrl === 'string' && body.invocationUrl !== before.issued?.url) {
        const own = ownAddress(before.id, headers, ports.outbound);
        const problem = problemOf(body.invocationUrl, own, ports.outbound.open);
        if (problem !== undefined) throw invalid('invocationUrl', `invocationUrl ${problem}`);
      }
      const after = await changed(before, body, ports);
      if (after === before) return before;
      await ports.functions.replace(before, after);
      return after;
    });
    return { body: await shown(record, ports) };
  };

/** Out of sight at once; what is left is removed in the background (docs/contracts/functions.md#delete). */
export const deleteFunction =
  (ports: Ports): Service['deleteFunction'] =>
  async ({ params }, { principal }) => {
    await retryOnConflict(async () => {
      await ports.functions.delete(await findFunction(params, principal, ports), ports.clock.now());
    });
    await ports.wakeCleaner();
    return { body: undefined };
  };

/** @throws AppError `NOT_FOUND`, also under another workspace's path and for a workspace the caller may not see */
export async function findFunction(
  { workspaceId, functionId }: { readonly workspaceId: string; readonly functionId: string },
  principal: Principal,
  ports: Pick<Ports, 'functions'>,
): Promise<FunctionRecord> {
  if (!isPossibleId(workspaceId) || !maySee(principal, workspaceId)) throw notFound('workspace', workspaceId);
  if (!isPossibleId(functionId)) throw notFound('function', functionId);
  return ports.functions.get(workspaceId, functionId);
}

/** @throws AppError `NOT_FOUND` */
export const functionIsThere =
  (ports: Pick<Ports, 'functions'>) =>
  async (params: Readonly<Record<string, string>>, { principal }: { readonly principal: Principal }): Promise<void> => {
    const { workspaceId = '', functionId = '' } = params;
    await findFunction({ workspaceId, functionId }, principal, ports);
  };

async function shown(record: FunctionRecord, { codes, counters }: Ports): Promise<FunctionConfig> {
  const [source, counts] = await Promise.all([
    codes.get(record.workspace, record.id, record.code),
    counters.of(record.workspace, record.id),
  ]);
  return toFunction(record, source, counts);
}
