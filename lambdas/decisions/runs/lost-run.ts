import type { NewEvent } from '../../engine';
import { RUN_SILENCE_MS } from '../limits';
import type { Stage } from '../model';
import type { RunFailure } from '../store/entries';

/** What is said of a run that nobody goes on with. */
export const lostAt = (stage: Stage): RunFailure => ({
  stage,
  message: `The run made no progress for ${RUN_SILENCE_MS / 1000} seconds and was ended`,
  recoverable: true,
});

/** With what the log of a run ends if its writer is lost in this stage. */
export const lastWordsAt = (stage: Stage): NewEvent[] => [{ event: 'error', data: { ...lostAt(stage) } }];
