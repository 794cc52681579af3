import { Logger } from '@aws-lambda-powertools/logger';
import type * as z from 'zod';
import type { commonEnv } from './env';
import { metricLine, type MetricValue } from './metric-line';
import { weightOf } from './sample';
import { writeLine } from './write-line';

/** What of a function's configuration its lines depend on. */
export type ObservedEnv = Pick<z.output<typeof commonEnv>, 'NARAE_STAGE' | 'NARAE_VERSION' | 'NARAE_SAMPLE_SUCCESSES'>;

/**
 * Structured logs and metrics (EMF) of one function. Request bodies, payloads, environment values, keys and tickets
 * are never put in; what an error says to the caller is, and its cause.
 */
export interface Telemetry {
  /** The service's name, or the function's where it belongs to none. */
  readonly service: string;
  readonly logger: Logger;
  readonly env: ObservedEnv;
  readonly write: (line: string) => void;
}

export const telemetry = (service: string, env: ObservedEnv, write = writeLine): Telemetry => ({
  service,
  logger: new Logger({ serviceName: service, persistentKeys: { version: env.NARAE_VERSION } }),
  env,
  write,
});

const BY_SERVICE_AND_STAGE = [['service', 'stage']] as const;

/**
 * Counts what alarms of a service look at (`counted` in its manifest): whichever of its functions count something, it is one
 * metric of the stage, `Narae/<name>` by `service` and `stage`.
 */
export const counterOf =
  (service: string, stage: string, write = writeLine): ((name: string, value?: number) => void) =>
  (name, value = 1) => {
    const fields = { service, stage };
    const metrics = { [name]: { value } };
    write(JSON.stringify(metricLine({ at: Date.now(), dimensions: BY_SERVICE_AND_STAGE, metrics, fields })));
  };

/** A request that has been answered. */
export interface AnsweredRequest {
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** Address that it came from, which the gateway behind the edge does not see. */
  readonly visitor: string;
  readonly requestId: string;
  /** Of the answer, where that is an error. */
  readonly errorCode: string | undefined;
  /** Of the caller, where it is known. */
  readonly workspace: string | undefined;
}

/**
 * One request, counted and timed. The route is a field of the line, not a dimension: CloudWatch bills each combination
 * of dimensions as a metric of its own, and Logs Insights can group by a field. One that failed says what it takes to find it;
 * of successes a share leaves a line, and stands for the others.
 */
export function countRequest({ service, env, write }: Telemetry, request: AnsweredRequest): void {
  const { status, route, visitor, requestId, errorCode, workspace } = request;
  const hasFailed = status >= 400;
  const weight = hasFailed ? 1 : weightOf(requestId, env.NARAE_SAMPLE_SUCCESSES);
  if (weight === 0) return;
  const metrics: Record<string, MetricValue> = {
    Requests: { value: weight },
    ...(hasFailed && { [status >= 500 ? 'ServerErrors' : 'Refusals']: { value: 1 } }),
    Latency: { value: request.durationMs, unit: 'Milliseconds' },
  };
  const failure = hasFailed && { message: 'request failed', requestId, errorCode, workspace };
  const fields = { service, stage: env.NARAE_STAGE, route, status, visitor, ...failure };
  write(JSON.stringify(metricLine({ at: Date.now(), dimensions: BY_SERVICE_AND_STAGE, metrics, fields })));
}
