import type { Handlers } from '../../platform/pipeline/dispatcher';
import { AGAIN, OVER } from '../../platform/pipeline/pipeline';
import type { Clock } from '../../platform/time/clock';
import type { TargetName } from '../artifact';
import { AppNameTaken, NamespaceMissing, TargetRefused, TargetUnavailable } from '../deploy-target';
import type { Applied, Deployment, DeployTarget } from '../deploy-target';
import { isRunning, type AppId, type AppRecord, type DeployFailure } from './app-record';
import type { AppStore } from './app-store';
import { readDeployment } from './deployment';
import type { AppOrder, appDeploys } from './pipeline';

export interface DeployerPorts {
  readonly clock: Clock;
  readonly apps: AppStore;
  readonly targets: Readonly<Record<TargetName, DeployTarget>>;
  /** Told of what failed, for us to read. */
  readonly report: (message: string, error: unknown) => void;
}

type Of<K extends AppOrder['kind']> = Extract<AppOrder, { readonly kind: K }>;
type Answer = Promise<typeof OVER | typeof AGAIN>;

/**
 * What the worker does of a deploy or a removal. A deploy that is over, or whose app has another one, changes nothing:
 * steps are repeated, and come late.
 */
export const appHandlers = (ports: DeployerPorts): Handlers<typeof appDeploys> => ({
  advance: ({ order }) => (order.kind === 'deploy' ? deploy(order, ports) : remove(order, ports)),
  reject: async ({ order, fault }) => {
    ports.report('An app could not be deployed or removed', new Error(`${fault.Error}: ${fault.Cause ?? ''}`));
    if (order.kind === 'deploy') await end(order, FAULT, ports);
  },
});

const FAULT: DeployFailure = {
  code: 'DEPLOY_ERROR',
  message: 'The deploy failed by a fault of the platform. Deploy it again.',
};
const LATE: DeployFailure = { code: 'DEPLOY_ERROR', message: 'The app was not ready within 8 minutes.' };
const DELETED: DeployFailure = { code: 'DEPLOY_ERROR', message: 'The function of the app has been deleted.' };

async function deploy(order: Of<'deploy'>, ports: DeployerPorts): Answer {
  const record = await ports.apps.find(order.app);
  if (!record || !isCurrent(record, order)) return OVER;
  if (record.removing) return end(order, DELETED, ports);
  if (ports.clock.now() >= record.deploy.deadlineAt) return end(order, LATE, ports);
  const deployment = readDeployment(record.deploy.deployment);
  const applied = await apply(deployment, ports);
  if ('code' in applied) return end(order, applied, ports);
  if (applied.state === 'waiting' || applied.endpoint === null) return AGAIN;
  const left = await leave(record, deployment, ports);
  if (left === 'waiting') return AGAIN;
  const { endpoint, warnings } = applied;
  return end(order, { endpoint, warnings, target: deployment.target, left }, ports);
}

/** Where it was before it answers until it does so where it is now. @returns targets that do not let go of it */
async function leave(
  { targets, namespace, name }: AppRecord,
  { target }: Deployment,
  ports: DeployerPorts,
): Promise<'waiting' | readonly TargetName[]> {
  const left: TargetName[] = [];
  for (const elsewhere of targets.filter((one) => one !== target))
    try {
      if ((await ports.targets[elsewhere].remove({ namespace, name })) === 'waiting') return 'waiting';
    } catch (error) {
      ports.report(`An app that has moved to ${target} is left on ${elsewhere}`, error);
      left.push(elsewhere);
    }
  return left;
}

async function apply(deployment: Deployment, { targets, report }: DeployerPorts): Promise<Applied | DeployFailure> {
  try {
    return await targets[deployment.target].apply(deployment);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    report(`A deploy failed: ${error.message}`, error.cause);
    return { code, message: error.message };
  }
}

function codeOf(error: unknown): DeployFailure['code'] | undefined {
  if (error instanceof AppNameTaken) return 'APP_NAME_CONFLICT';
  if (error instanceof NamespaceMissing) return 'NAMESPACE_NOT_FOUND';
  if (error instanceof TargetRefused) return 'DEPLOY_ERROR';
  return error instanceof TargetUnavailable ? 'TARGET_UNAVAILABLE' : undefined;
}

interface Success extends Pick<Applied, 'warnings'> {
  readonly endpoint: string;
  readonly target: TargetName;
  /** Where something of it may still be. */
  readonly left: readonly TargetName[];
}

/** The end of a deploy, if it is still the app's: for whoever waits for it, and for its function. */
export async function end(
  order: Of<'deploy'>,
  outcome: Success | DeployFailure,
  { apps, clock }: Pick<DeployerPorts, 'apps' | 'clock'>,
): Promise<typeof OVER> {
  await apps.change(order.app, (record) => {
    if (!isCurrent(record, order)) return undefined;
    if ('code' in outcome) {
      const { code, message } = outcome;
      const ended = { ...record.deploy, state: 'failed' as const, failure: { code, message } };
      return { after: { ...record, deploy: ended }, news: { status: 'failed' } };
    }
    const { endpoint, target, left, warnings } = outcome;
    const ended = { ...record.deploy, state: 'succeeded' as const, endpoint, warnings: [...warnings] };
    return {
      after: { ...record, targets: [target, ...left], deploy: ended },
      news: { status: 'active', url: endpoint, target, at: clock.now() },
    };
  });
  return OVER;
}

const isCurrent = ({ deploy }: AppRecord, order: Of<'deploy'>): boolean =>
  deploy.id === order.deploy && deploy.state === 'running';

/** Nothing is deployed any more, then nothing is left, then the name is free. */
async function remove({ app, functionId }: Of<'remove'>, { apps, targets, clock }: DeployerPorts): Answer {
  const record = await apps.change(app, (found) =>
    found.functionId === functionId && !found.removing ? { after: { ...found, removing: true } } : undefined,
  );
  if (record?.functionId !== functionId) return OVER;
  // What it is about to make would be left.
  if (isRunning(record.deploy, clock.now())) return AGAIN;
  for (const target of record.targets) if ((await targets[target].remove(appOf(record))) === 'waiting') return AGAIN;
  await apps.remove(record);
  return OVER;
}

const appOf = ({ namespace, name }: AppRecord): AppId => ({ namespace, name });
