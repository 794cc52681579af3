import { approveBySystem, type CardPorts } from '../cards/perform-act';
import { settleRun, type SettlePorts } from '../runs/settle-run';
import type { DecisionPlace } from '../store/audit';
import type { OpenRun, OpenRuns } from '../store/open-runs';

export interface LookAfterPorts extends CardPorts, SettlePorts {
  readonly openRuns: OpenRuns;
}

/**
 * What is left to do for a run after its iteration: a card that nobody has to acknowledge is approved by the system
 * (docs/contracts/decisions.md#state-machines).
 */
export async function lookAfter(place: DecisionPlace, ports: LookAfterPorts): Promise<void> {
  const open = await ports.openRuns.find(place);
  if (open) await closeIfOver(open, ports);
}

/** @returns whether it was at its end */
async function closeIfOver(open: OpenRun, ports: LookAfterPorts): Promise<boolean> {
  const run = await settleRun(open, ports.clock.now(), ports);
  if (run?.status === 'PENDING' || run?.status === 'PROCESSING') return false;
  if (run && run.status !== 'FAILED') await approveBySystem(open, ports);
  await ports.openRuns.forget(open);
  return true;
}

export interface Swept {
  /** Runs that were found at their end, or were brought to it. */
  readonly closed: number;
  readonly open: number;
}

/** Time that is left over when the sweep stops, ms: the next one goes on. */
const SPARE_MS = 5_000;

/** Looks after all runs that are open: those whose worker was lost, too. */
export async function sweep(ports: LookAfterPorts, remainingMs: () => number): Promise<Swept> {
  let [closed, open] = [0, 0];
  for await (const page of ports.openRuns.all())
    for (const each of page) {
      if (remainingMs() < SPARE_MS) return { closed, open };
      if (await closeIfOver(each, ports)) closed += 1;
      else open += 1;
    }
  return { closed, open };
}
