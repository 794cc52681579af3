import type { Bundle, CallPorts } from '../../engine';
import { retryOnConflict } from '../../platform/dynamo/transact';
import { buildFailed, type CallbackRecord, type Snapshot } from '../registry/callback';
import { wantedOf, type Wanted } from './library';
import type { Sources } from '../registry/sources';
import type { CallbackStore } from '../registry/store';
import type { Fault, Handlers } from '../../platform/pipeline/dispatcher';
import { OVER } from '../../platform/pipeline/pipeline';
import type { BuildOrder } from './build-order';
import type { callbackBuilds } from './pipeline';
import { checkSyntax } from './check-syntax';
import { addressOf, type Libraries } from './libraries';

export interface BuildPorts extends CallPorts {
  readonly callbacks: CallbackStore;
  readonly sources: Sources;
  readonly libraries: Libraries;
}

const MAX_CHECKS = 3;
const NOT_CHECKED = 'The code could not be checked. This is a fault of the platform; deploy it again.';
const FAULT = 'The build failed. This is a fault of the platform; deploy it again.';
const NO_REGISTRY = 'The package registry did not answer, so library could not be installed. Deploy it again.';

/**
 * What the worker does of a build, step by step. A build that is no longer the newest attempt, or whose callback is gone,
 * changes nothing and is over.
 */
export function buildHandlers(ports: BuildPorts): Handlers<typeof callbackBuilds> {
  const ofNewest =
    <E extends { readonly order: BuildOrder }, A>(step: (build: Build, event: E) => Promise<A>) =>
    async (event: E): Promise<A | typeof OVER> => {
      const { order } = event;
      const record = await ports.callbacks.find(order.workspace, order.callbackId);
      const snapshot = record && isNewest(record, order) ? record.building : undefined;
      if (!snapshot) return OVER;
      return step({ order, snapshot, wanted: wantedOf(snapshot.language, snapshot.library), ports }, event);
    };
  return {
    check: ofNewest(check),
    find: ofNewest(find),
    publish: ofNewest(publish),
    reject: ofNewest((build, { fault }) => fail(build, isUnanswered(fault) ? NO_REGISTRY : FAULT)),
  };
}

type Event<Step extends keyof Handlers<typeof callbackBuilds>> = Parameters<Handlers<typeof callbackBuilds>[Step]>[0];

interface Build {
  readonly order: BuildOrder;
  readonly snapshot: Snapshot;
  readonly wanted: Wanted | undefined;
  readonly ports: BuildPorts;
}

/** Does the code parse? If so, and nothing is to be installed that is not there, it is deployed at once. */
async function check(build: Build) {
  const { order, snapshot, wanted, ports } = build;
  const source = await ports.sources.get(order.workspace, order.callbackId, snapshot.code);
  const [error, bundle] = await Promise.all([
    checkAgain(() => checkSyntax(order, snapshot, source, ports)),
    wanted && ports.libraries.find(order.workspace, wanted),
  ]);
  if (error !== null) return fail(build, error);
  if (!wanted || bundle) return deploy(build, bundle);
  return { ...wanted.order, next: `resolve-${wanted.language}` } as const;
}

/** Has somebody installed the same packages before, under whatever text? */
async function find(build: Build, { resolved }: Event<'find'>) {
  if (!resolved.ok) return fail(build, resolved.reason);
  const address = addressOf(resolved);
  const { order, snapshot, wanted, ports } = build;
  const bundle = await ports.libraries.at(order.workspace, address);
  if (!bundle) {
    const place = ports.libraries.placeFor(order.workspace, address);
    const uploadUrl = await ports.libraries.uploadUrl(place);
    return { next: `install-${snapshot.language}`, place, uploadUrl } as const;
  }
  if (wanted) await ports.libraries.remember(order.workspace, wanted, address);
  return deploy(build, bundle);
}

async function publish(build: Build, { place, installed }: Event<'publish'>) {
  const { order, wanted, ports } = build;
  if (!installed.ok) return fail(build, installed.reason);
  const bundle = await ports.libraries.publish(order.workspace, place, installed);
  if (wanted) await ports.libraries.remember(order.workspace, wanted, place.address);
  return deploy(build, bundle);
}

async function deploy({ order, snapshot, ports }: Build, packages: Bundle | undefined): Promise<typeof OVER> {
  await conclude(order, ports, (record) => ({
    ...record,
    status: 'deployed',
    lastError: undefined,
    building: undefined,
    deployment: { ...snapshot, ...(packages && { packages }) },
    updatedAt: ports.clock.now(),
  }));
  return OVER;
}

async function fail({ order, ports }: Build, reason: string): Promise<typeof OVER> {
  await conclude(order, ports, (record) => buildFailed(record, reason, ports.clock.now()));
  return OVER;
}

/** By the name of the installers' error, which whoever reports it for them may have put into words of their own. */
const isUnanswered = ({ Error, Cause = '' }: Fault): boolean => /\bRegistryUnavailable\b/.test(`${Error} ${Cause}`);

/** Writes the end of a build, if it is still the newest one. */
export const conclude = (
  order: BuildOrder,
  ports: Pick<BuildPorts, 'callbacks'>,
  end: (record: CallbackRecord) => CallbackRecord,
): Promise<void> =>
  retryOnConflict(async () => {
    const current = await ports.callbacks.find(order.workspace, order.callbackId);
    if (current && isNewest(current, order)) await ports.callbacks.save(current, end(current));
  });

const isNewest = ({ attempt, status }: CallbackRecord, order: BuildOrder): boolean =>
  attempt === order.attempt && status === 'build';

/** A sandbox that was lost is no fault of the code. */
async function checkAgain(check: () => Promise<string | null>): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await check();
    } catch (error) {
      console.error('syntax check failed', error);
      if (attempt === MAX_CHECKS) return NOT_CHECKED;
    }
  }
}
