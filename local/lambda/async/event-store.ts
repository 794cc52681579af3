import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionFailure } from '../failure';

/** An event that was accepted (202) and whose end has not been reached. */
export interface PendingEvent {
  readonly id: string;
  readonly functionName: string;
  readonly tenantId?: string | undefined;
  readonly clientContext?: string | undefined;
  /** JSON text. */
  readonly payload: string;
  /** Epoch ms. */
  readonly acceptedAt: number;
  /** Times the function has been run with it and failed. */
  attempts: number;
  /** It is over and only its record for the destination has to be delivered. */
  outcome?: EventOutcome;
}

/** How an event ended, as a destination is told. */
export interface EventOutcome {
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  readonly failure?: FunctionFailure | undefined;
  /** JSON text the function answered with. */
  readonly response?: string;
}

/** Accepted events, one file each, on the disk before they are accepted: neither a crash nor a power cut loses one. */
export class EventStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;

    mkdirSync(dir, { recursive: true });
  }

  /** All that is left from before, oldest first. */
  load(): PendingEvent[] {
    const events: PendingEvent[] = [];
    for (const name of readdirSync(this.#dir)) {
      if (name.endsWith('.tmp')) rmSync(path.join(this.#dir, name), { force: true }); // never accepted
      if (!name.endsWith('.json')) continue;
      try {
        const parsed: unknown = JSON.parse(readFileSync(path.join(this.#dir, name), 'utf8'));
        if (isPendingEvent(parsed)) events.push(parsed);
      } catch {
        // Written by a process that was killed at that moment: its caller has not got its 202.
      }
    }
    return events.sort((a, b) => a.acceptedAt - b.acceptedAt);
  }

  /** @throws Error of the file system, e.g. ENOSPC: the event is not kept. */
  async save(event: PendingEvent): Promise<void> {
    const file = this.#file(event);
    const draft = `${file}.tmp`;
    try {
      await writeFile(draft, JSON.stringify(event), { flush: true });
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(this.#dir);
  }

  async remove(event: PendingEvent): Promise<void> {
    await rm(this.#file(event), { force: true });
  }

  #file(event: PendingEvent): string {
    return path.join(this.#dir, `${event.id}.json`);
  }
}

/** A name in a folder is on the disk only when the folder is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isPendingEvent(value: unknown): value is PendingEvent {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && 'functionName' in value && 'payload' in value && 'acceptedAt' in value && 'attempts' in value;
}
