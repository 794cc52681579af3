import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionNeeds } from '../../lambdas/platform/manifest';
import {
  decryptThrough,
  deleteLines,
  encryptThrough,
  invoke,
  keyItself,
  allowMissingObjectDetection,
  callApps,
  deployApps,
  haveAppsRemoved,
  onImages,
  onObjects,
  onTable,
  queryIndex,
  readLines,
  readMetrics,
  readSecretNamed,
  readSecrets,
  send,
  startExecution,
} from '../constructs/iam-statements';
import { askModels } from '../constructs/models';
import { called, type Callable, type ServiceDependencies } from './dependencies';
import { settingsOf } from './settings';

/** A function that a manifest describes. */
export interface Needy {
  /** For messages: the service. */
  readonly service: string;
  readonly needs: FunctionNeeds;
  readonly callable: Callable;
  /** Where its failed events go. */
  readonly deadLetters?: IQueue | undefined;
  /** true: it is called from outside, and asks whether a request came through the edge. */
  readonly facesCallers?: boolean;
}

/** Statements of a function's role: all that its manifest says, and what follows from that. */
export function statementsOf(needy: Needy, ground: ServiceDependencies): PolicyStatement[] {
  const { needs, deadLetters, facesCallers = false } = needy;
  const { config, data, engine } = ground;
  const kubeconfig = config.spin?.kubeconfigSecret;
  const { runs = [], runIndexes = [], entities = [], key = [] } = needs;
  const { get = [], put = [], delete: removed = [], list = false } = needs.objects ?? {};
  const { functions, machines } = callableOf(needy);
  refuseUnknownPrefixes(needy.service, [...get, ...put, ...removed], data.storedPrefixes);
  return [
    ...ofAny(runs, () => onTable(data.runs, ...runs)),
    ...runIndexes.map((index) => queryIndex(data.runs, index)),
    ...ofAny(entities, () => onTable(data.entities, ...entities)),
    ...ofAny(get, () => onObjects(data.bucket, 'Get', ...get)),
    ...ofAny(put, () => onObjects(data.bucket, 'Put', ...put)),
    ...ofAny(removed, () => onObjects(data.bucket, 'Delete', ...removed)),
    ...(get.length > 0 || list ? [allowMissingObjectDetection(data.bucket)] : []),
    ...ofAny(functions, () => invoke(functions.map(([, one]) => one))),
    ...machines.map(([, machine]) => startExecution(machine)),
    ...(needs.functionLines === 'read' ? [readLines(engine.functionLogs)] : []),
    ...(needs.functionLines === 'delete' ? [deleteLines(engine.functionLogs)] : []),
    ...(needs.images ? onImages(data.images, needs.images) : []),
    ...(needs.apps === 'deploy' ? deployApps(engine.apps, data) : []),
    ...(needs.apps === 'deploy' && kubeconfig !== undefined ? [readSecretNamed(data, kubeconfig)] : []),
    ...(needs.apps === 'have-removed' ? [haveAppsRemoved(engine.apps)] : []),
    ...(needs.apps === 'invoke' ? callApps(engine.apps) : []),
    ...askModels(needs.models ?? [], config, data),
    ...(needs.readsMetrics ? [readMetrics()] : []),
    ...(facesCallers || needs.tickets ? readSecrets(data, { tickets: needs.tickets === true }) : []),
    ...key.map((action) => keyItself(data, action)),
    ...(deadLetters ? [send(deadLetters)] : []),
    ...throughServices(needs, ground, deadLetters !== undefined),
  ];
}

/** Whether it is granted something on all functions of apps. */
export const namesApps = ({ apps }: FunctionNeeds): boolean => apps === 'invoke' || apps === 'deploy';

/** The stage's key, through the services that store what the function reads and writes. */
function throughServices(needs: FunctionNeeds, { data }: ServiceDependencies, sends: boolean): PolicyStatement[] {
  const { runs = [], runIndexes = [], entities = [], objects: { get = [], put = [] } = {} } = needs;
  const readsTables = runs.length + runIndexes.length + entities.length > 0;
  const decrypts = [
    ...(readsTables ? (['dynamodb'] as const) : []),
    ...(get.length > 0 ? (['s3'] as const) : []),
    ...(sends ? (['sqs'] as const) : []),
  ];
  const encrypts = [...(put.length > 0 ? (['s3'] as const) : []), ...(sends ? (['sqs'] as const) : [])];
  return [
    ...ofAny(decrypts, () => decryptThrough(data, ...decrypts)),
    ...ofAny(encrypts, () => encryptThrough(data, ...encrypts)),
  ];
}

/** Variables of a function, beside those that every function is given. */
export function environmentOf(needy: Needy, ground: ServiceDependencies): Record<string, string> {
  const { functions, machines } = callableOf(needy);
  return {
    ...Object.fromEntries(functions.map(([variable, one]) => [variable, one.functionName])),
    ...Object.fromEntries(machines.map(([variable, machine]) => [variable, machine.stateMachineArn])),
    ...settingsOf(needy.needs.settings ?? [], ground),
  };
}

function refuseUnknownPrefixes(service: string, named: readonly string[], known: readonly string[]): void {
  const unknown = named.find((prefix) => !known.includes(prefix));
  if (unknown !== undefined)
    throw new Error(`The manifest of ${service} reads or writes '${unknown}', which no storedPrefixes has.`);
}

/** What it calls, by variable. */
function callableOf({ service, needs, callable }: Needy) {
  const { invokes = {}, starts = {} } = needs;
  const find = <T>(names: object, all: ReadonlyMap<string, T>) =>
    Object.entries(names).map(([variable, name]) => [variable, called(all, String(name), service)] as const);
  return { functions: find(invokes, callable.functions), machines: find(starts, callable.machines) };
}

const ofAny = (list: readonly unknown[], statement: () => PolicyStatement): PolicyStatement[] =>
  list.length > 0 ? [statement()] : [];
