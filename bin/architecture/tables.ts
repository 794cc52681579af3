import {
  folderOf,
  workerFunctionName,
  type FunctionNeeds,
  type ServiceManifest,
  type WorkerManifest,
  type WorkerTrigger,
} from '../../lambdas/platform/manifest';
import { routePrefixes } from '../../lib/constructs/route-prefixes';

const BEGIN = '<!-- Made by `npm run tables` of the manifests of services. -->';
const END = '<!-- End of what is made. -->';

/**
 * A document with the tables of services in the place that it has marked for them.
 * @throws Error where it has none
 */
export function withTables(document: string, services: readonly ServiceManifest[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The document has no place between '${BEGIN}' and '${END}'.`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${tablesOf(services)}\n\n${document.slice(end)}`;
}

/** Variables that manifests give to functions and that no row of a table explains. */
export const unexplainedVariables = (document: string, services: readonly ServiceManifest[]): string[] =>
  variablesOf(services).filter((name) => !new RegExp(`^\\|.*\`${name}\`.*\\|$`, 'm').test(document));

function tablesOf(services: readonly ServiceManifest[]): string {
  const summaries = services.map(({ name, description, routes, alarms = [] }) => [
    `\`${name}\``,
    description,
    routePrefixes(routes).map(code).join(' '),
    alarms.map((alarm) => `[${alarm.name}](runbook.md#${alarm.name})`).join(', '),
  ]);
  const functions = services.flatMap((service) => [
    ...(service.api ? [[code(`${folderOf(service)}/api.lambda.ts`), code(service.name), frontOf(service)]] : []),
    ...(service.workers ?? []).map((worker) => workerRow(service, worker)),
  ]);
  return [
    table(['service', 'what it is', 'paths at and below', 'alarms of its own'], summaries),
    table(['entry', 'function `narae-<stage>-`...', 'invoked by'], functions),
  ].join('\n\n');
}

const frontOf = ({ api }: ServiceManifest): string =>
  `the HTTP API${api?.catchAll ? ', also for what no service owns' : ''}`;

const workerRow = (service: ServiceManifest, worker: WorkerManifest): string[] => [
  code(`${folderOf(service)}/${worker.name}.lambda.ts`),
  code(workerFunctionName(service, worker)),
  triggerOf(worker.trigger),
];

function triggerOf(trigger: WorkerTrigger): string {
  switch (trigger.by) {
    case 'request':
      return 'another function, which waits';
    case 'pipeline':
      return 'a state machine';
    case 'event': {
      const schedule = trigger.schedule ? `; a schedule, every ${trigger.schedule.everyMinutes} minutes` : '';
      return `events, with ${trigger.retries} retries, then the dead-letter queue${schedule}`;
    }
  }
}

function variablesOf(services: readonly ServiceManifest[]): string[] {
  const needs: FunctionNeeds[] = services.flatMap(({ api, workers = [] }) => [
    ...(api ? [api.needs] : []),
    ...workers.map((worker) => worker.needs),
  ]);
  const named = needs.flatMap(({ invokes = {}, starts = {}, settings = [] }) => [
    ...Object.keys(invokes),
    ...Object.keys(starts),
    ...settings,
  ]);
  return [...new Set(named)].sort();
}

const code = (text: string): string => `\`${text}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
