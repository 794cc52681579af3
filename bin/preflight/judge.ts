/** Lambda refuses a reservation that leaves less than this to functions that have none. */
export const LEAST_UNRESERVED = 100;
/** Environments of tenants, at work or idle, for each execution that the account may run at the same time. */
const TENANT_ENVIRONMENTS = 2.5;
/** A run takes a runner and a sandbox for as long as it lasts, and a service for as long as its caller waits. */
const UNRESERVED_PER_RUN = 2;

/** What an account allows, in executions at the same time (`lambda:GetAccountSettings`). */
export interface Account {
  readonly executions: number;
  /** What no function of the account has reserved. */
  readonly unreserved: number;
}

/** Executions that a stage reserves; undefined: none. */
export interface Reserved {
  readonly runs: number | undefined;
  readonly viewers: number | undefined;
}

export interface Planned extends Reserved {
  /** Sandbox functions: a workspace may hold environments of each. */
  readonly sandboxes: number;
}

export interface Finding {
  /** `stop`: the deployment would fail, or runs would be refused under load. `note`: good to know. */
  readonly kind: 'stop' | 'note';
  readonly text: string;
}

/**
 * What a stage would meet in an account.
 * @param standing what the stage reserves now, before the deployment: that comes back
 */
export function judge(account: Account, planned: Planned, standing: Reserved): Finding[] {
  const { runs, viewers } = planned;
  const free = account.unreserved + sum(standing);
  const left = free - sum(planned);
  const findings: Finding[] = [];
  const stop = (text: string) => findings.push({ kind: 'stop', text });
  const note = (text: string) => findings.push({ kind: 'note', text });

  if (sum(planned) > 0 && left < LEAST_UNRESERVED)
    stop(
      `maxConcurrentRuns (${said(runs)}) and maxViewers (${said(viewers)}) reserve ${sum(planned)} of the ${free} ` +
        `executions that are free: ${left} would be left, and Lambda refuses to go below ${LEAST_UNRESERVED}. ${advice(free, viewers)}`,
    );
  else if (runs === undefined)
    note(
      `maxConcurrentRuns is not set: under load, runners take all ${left} executions and leave none to sandboxes. ${advice(free, viewers)}`,
    );
  else if (runs * UNRESERVED_PER_RUN > left)
    stop(
      `maxConcurrentRuns is ${runs}, and ${left} executions are left for what runs need beside the runner: a sandbox each, ` +
        `and a service while the caller waits, ${runs * UNRESERVED_PER_RUN} together. Runs would be refused under load. ${advice(free, viewers)}`,
    );
  if (viewers === undefined && runs !== undefined)
    note('maxViewers is not set: open streams take executions from sandboxes and services.');

  const tenants = Math.floor(account.executions * TENANT_ENVIRONMENTS);
  note(
    `Environments of tenants, at work or idle: ${tenants} at most. A workspace that uses all ${planned.sandboxes} sandbox functions ` +
      `holds ${planned.sandboxes} for some minutes, so ${Math.floor(tenants / planned.sandboxes)} such workspaces are served before runs wait.`,
  );
  return findings;
}

/** The most that fits, and where to get more. */
function advice(free: number, viewers = 0): string {
  const fits = Math.min(Math.floor((free - viewers) / (UNRESERVED_PER_RUN + 1)), free - viewers - LEAST_UNRESERVED);
  const more = 'ask for more executions (Service Quotas, Lambda, "Concurrent executions")';
  return fits >= 1
    ? `Set maxConcurrentRuns to ${fits} or less, or ${more}.`
    : `Nothing can be reserved here: ${more}; 1000 is a good beginning. Until then only a stage other than prod can stand here, with maxConcurrentRuns null.`;
}

const sum = ({ runs, viewers }: Reserved): number => (runs ?? 0) + (viewers ?? 0);
const said = (value: number | undefined): string => (value === undefined ? 'not set' : String(value));
