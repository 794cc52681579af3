import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmManifest, ServiceManifest } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import { called } from '../services/dependencies';
import type { Worker } from '../services/worker';
import type { ApiStack } from '../stacks/api';
import type { ServiceStack } from '../stacks/service';
import { FIVE_MINUTES, sumOver, TWICE, type AlarmSpec } from './alarm-spec';
import { measured } from './stage-metrics';

/** Services, and the functions that were made of their manifests. */
export interface ServicesInOperation {
  readonly services: readonly ServiceManifest[];
  readonly serviceStacks: ReadonlyMap<string, ServiceStack>;
  readonly api: ApiStack;
}

/** One alarm for all functions for which nobody waits. */
export function backgroundAlarm({ serviceStacks }: ServicesInOperation): AlarmSpec[] {
  const functions = byName([...serviceStacks]).flatMap(([, { background }]) => background);
  if (functions.length === 0) return [];
  return [
    {
      name: 'background-errors',
      meaning: 'What services leave to be done later fails: builds of callbacks, removal of what was deleted.',
      metric: sumOver(functions, 'failed', (fn) => fn.metricErrors()),
      periods: TWICE,
    },
  ];
}

/** Alarms that manifests ask for. */
export const serviceAlarms = (made: ServicesInOperation & { readonly config: StageConfig }): AlarmSpec[] =>
  made.services.flatMap((service) =>
    (service.alarms ?? []).map(({ on, ...spec }) => ({
      ...spec,
      metric: 'counted' in on ? counted(service.name, on.counted, made.config) : metricOf(service.name, on, made),
    })),
  );

/** As `counterOf` of lambdas/platform/telemetry names it. */
const counted = (service: string, metricName: string, { stage }: StageConfig): IMetric =>
  measured(stage, metricName, { service });

/** @throws Error naming what the service does not have */
function metricOf(
  service: string,
  on: Exclude<AlarmManifest['on'], { readonly counted: string }>,
  { serviceStacks, api }: ServicesInOperation,
): IMetric {
  const workers = serviceStacks.get(service)?.workers ?? new Map<string, Worker>();
  if ('deadLettersOf' in on) {
    const { deadLetters } = called(workers, on.deadLettersOf, service);
    if (!deadLetters) throw new Error(`The worker ${on.deadLettersOf} of ${service} has no dead letters.`);
    return deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES });
  }
  const lambda =
    on.errorsOf === 'api' ? called(api.functions, service, service) : called(workers, on.errorsOf, service).lambda;
  return lambda.metricErrors({ period: FIVE_MINUTES });
}

const byName = <T>(entries: [string, T][]): [string, T][] => entries.sort(([a], [b]) => a.localeCompare(b));
