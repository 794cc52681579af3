import { createHash } from 'node:crypto';
import type { GetFunctionCommandOutput } from '@aws-sdk/client-lambda';
import { LambdaError } from './failure';

/** All that the service has to know about a deployed function. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  /** e.g. `nodejs24.x` */
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly codeSha256: string;
  readonly codeLocation: string;
  readonly logGroup: string;
  readonly logFormat: string | undefined;
  readonly logLevel: string | undefined;
  /** Reserved concurrency, where the function has one. */
  readonly reservedConcurrency: number | undefined;
  readonly deadLetterArn: string | undefined;
  /** Changes with code and configuration: environments of another revision are out of date. */
  readonly revision: string;
}

/** Reads a GetFunction answer. Throws LambdaError where it lacks what a zip function must have. */
export function readDefinition(answer: GetFunctionCommandOutput): FunctionDefinition {
  const configuration = answer.Configuration;
  const name = configuration?.FunctionName;
  const codeSha256 = configuration?.CodeSha256;
  const codeLocation = answer.Code?.Location;
  if (!configuration || !name || !codeSha256 || !codeLocation) {
    throw new LambdaError('ServiceException', `Function ${name ?? '?'} has no code to run.`);
  }
  const known = {
    name,
    arn: configuration.FunctionArn ?? name,
    version: configuration.Version ?? '$LATEST',
    runtime: configuration.Runtime ?? 'nodejs24.x',
    handler: configuration.Handler ?? 'index.handler',
    timeoutMs: (configuration.Timeout ?? 3) * 1000,
    memoryMb: configuration.MemorySize ?? 128,
    environment: configuration.Environment?.Variables ?? {},
    codeSha256,
    logGroup: configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: configuration.LoggingConfig?.LogFormat,
    logLevel: configuration.LoggingConfig?.ApplicationLogLevel,
    reservedConcurrency: answer.Concurrency?.ReservedConcurrentExecutions,
    deadLetterArn: configuration.DeadLetterConfig?.TargetArn,
  };
  const revision = createHash('sha256').update(JSON.stringify(known)).digest('hex');
  return { ...known, codeLocation, revision };
}

/**
 * The plain name in what callers may write: `name`, `name:qualifier`, `account:function:name`, or a whole ARN.
 * Versions and aliases all mean the code that was deployed last: there is no other one on a laptop.
 */
export function functionName(reference: string): string {
  const parts = reference.split(':');
  const marker = parts.indexOf('function');
  return (marker >= 0 ? parts[marker + 1] : parts[0]) ?? reference;
}
