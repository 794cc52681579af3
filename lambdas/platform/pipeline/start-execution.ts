import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** @param name 1 to 80 of letters, digits, `-` and `_`; @param order plain JSON, without secrets: executions are kept */
export type StartExecution = (name: string, order: object) => Promise<void>;

/** Starts executions of a pipeline's state machine: by name, so that a repeated start finds that it has begun. */
export const startExecution =
  (sfn: SFNClient, stateMachineArn: string): StartExecution =>
  async (name, order) => {
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ order }) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
