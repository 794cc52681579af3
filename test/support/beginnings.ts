/**
 * What projects need is named by their setups, which jest runs one after another, and started by the setup of the whole
 * run, which jest runs last (jest.config.ts): systems come up side by side.
 */

export interface Beginning {
  readonly start: () => Promise<void>;
  /** Where that is started too, it comes first: it leaves in the clone what both need. */
  readonly after?: string;
}

declare global {
  // Setups are loaded one by one; this is how one hands something to the other.
  var naraeTestBeginnings: Map<string, Beginning> | undefined;
}

export function begin(name: string, beginning: Beginning): void {
  (globalThis.naraeTestBeginnings ??= new Map<string, Beginning>()).set(name, beginning);
}

/** @throws the first failure, when all have come up or failed */
export async function allBegun(): Promise<void> {
  const beginnings = globalThis.naraeTestBeginnings ?? new Map<string, Beginning>();
  const running = new Map<string, Promise<void>>();
  const run = (name: string): Promise<void> => {
    const beginning = beginnings.get(name);
    if (!beginning) return Promise.resolve();
    const started = running.get(name) ?? inTurn(beginning);
    running.set(name, started);
    return started;
  };
  const inTurn = async ({ start, after }: Beginning): Promise<void> => {
    // Its failure is its own.
    if (after !== undefined) await run(after).catch(() => undefined);
    await start();
  };
  const outcomes = await Promise.allSettled([...beginnings.keys()].map(run));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
