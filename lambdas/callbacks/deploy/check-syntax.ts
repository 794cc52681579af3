import * as z from 'zod';
import { type CallPorts, callRun, resultOf } from '../../engine';
import { runtimeOf } from '../../platform/runtimes';
import { SYNTAX_CHECKS } from '../../platform/runtimes/syntax-checks';
import { ownerOf, type Snapshot } from '../registry/callback';
import { CALLBACK_LIMITS } from '../limits';
import type { BuildOrder } from './build-order';

const CHECK_TIMEOUT_MS = 10_000;
/** A cold sandbox takes its time as well. */
const WAIT_MS = 25_000;
const OUTPUT_BYTES = 64 * 1024;

const Output = z.object({ stdout: z.string() });
const Verdict = z.object({ error: z.string().nullable() });

/**
 * All checks of a workspace share sandbox environments: what is checked is read, not run, and an environment that other
 * deploys have warmed makes a deploy a matter of milliseconds instead of a cold start.
 */
const CHECKS = 'callback-checks';

/**
 * Whether the code parses, found out by the run-time itself.
 * @returns what is wrong, or null
 * @throws Error when it could not be found out
 */
export async function checkSyntax(
  { workspace, callbackId }: BuildOrder,
  { language }: Snapshot,
  source: string,
  ports: CallPorts,
): Promise<string | null> {
  const run = await callRun(
    {
      workspace,
      service: 'callbacks',
      owner: ownerOf(callbackId),
      tenantOf: CHECKS,
      code: SYNTAX_CHECKS[language],
      runtime: runtimeOf(language),
      requestedRuntime: language,
      handler: 'syntax-check',
      entry: { kind: 'script' },
      convention: 'callback',
      resultForm: 'value',
      input: source,
      env: { values: {} },
      timeoutMs: CHECK_TIMEOUT_MS,
      memoryMb: CALLBACK_LIMITS.memoryMb,
      resultBytes: OUTPUT_BYTES,
      context: () => ({}),
    },
    { waitMs: WAIT_MS, endUnstarted: true },
    ports,
  );
  if (run.status !== 'COMPLETED') {
    // A source that takes all the time or memory there is to parse will not run either.
    if (run.errorType === 'TIMEOUT' || run.errorType === 'OUT_OF_MEMORY')
      return 'SyntaxError: the code is too complex to be parsed';
    throw new Error(`Syntax check of callback ${callbackId} ended ${run.status}: ${run.errorMessage ?? ''}`);
  }
  const { stdout } = Output.parse(JSON.parse((await resultOf(run, ports)) ?? '{}'));
  return Verdict.parse(JSON.parse(stdout)).error;
}
