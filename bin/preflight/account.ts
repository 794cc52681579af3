import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  ResourceNotFoundException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { Account, Reserved } from './judge';

/** @throws Error if Lambda's answer has no limits */
export async function accountOf(lambda: LambdaClient): Promise<Account> {
  const { AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: executions, UnreservedConcurrentExecutions: unreserved } = limit ?? {};
  if (executions === undefined || unreserved === undefined)
    throw new Error('Lambda did not say what the account allows');
  return { executions, unreserved };
}

/** What a stage has reserved; nothing, where it does not stand yet. */
export async function standingOf(lambda: LambdaClient, stage: string): Promise<Reserved> {
  const reserved = async (name: string) => {
    try {
      const FunctionName = `narae-${stage}-${name}`;
      return (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  return { runs: await reserved('runner'), viewers: await reserved('stream') };
}
