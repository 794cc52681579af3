import type { ErrorStatuses } from './http/errors';
import type { RouteTable } from './http/route';

/**
 * What a service (one API family) is, as data: its folder has one in `manifest.ts`, and `lambdas/services.ts` lists them.
 * Stacks, permissions, alarms, the description of the API, command-line tools, tests and tables of the documentation are
 * made of that list. A manifest runs nothing and is in no function: only tools and the CDK app read it.
 */
export interface ServiceManifest {
  /** Its tag in the description of the API, and its function's name: `narae-<stage>-<name>`. */
  readonly name: string;
  /** Of its API, for people. */
  readonly description: string;
  /** Where its modules are, from the repository's root. Absent: `lambdas/<name>`. */
  readonly folder?: string;
  readonly routes: RouteTable;
  readonly examples: Examples;
  /** Codes of errors that it has beside those of the platform, with their status. */
  readonly errors?: ErrorStatuses;
  /** The function `api.lambda.ts` behind the HTTP API. Absent: a stack of the platform serves the routes. */
  readonly api?: ApiManifest;
  readonly workers?: readonly WorkerManifest[];
  /** Last part of the name of the stack that its workers are in. Absent: its own name. */
  readonly stack?: string;
  readonly alarms?: readonly AlarmManifest[];
  /** How callers name what is kept. Absent: no route has a parameter. */
  readonly owned?: OwnedNames;
  /** Names below `/api` that are kept, beside those that routes of services have. */
  readonly reservedNames?: readonly string[];
  /** Prefixes of the bucket that are its own, beside those of the engine. */
  readonly storedPrefixes?: readonly StoredPrefix[];
  /** What others that read runs have to know of its own. Absent: they are in the caller's first workspace, and stay in sight. */
  readonly runs?: RunsManifest;
}

export interface RunsManifest {
  /**
   * Before the name of a run's owner: partition key of the record that says that the owner is there. Without that record,
   * the owner's runs are out of sight.
   */
  readonly ownedIn?: string;
  /**
   * true: addresses of the service name a workspace, so that its runs are found in each that a caller may see. All other
   * services are about a credential's first workspace (docs/contracts/common.md#credentials).
   */
  readonly inEveryWorkspace?: true;
}

/**
 * What is sent and answered, by the id of its schema; of a schema without one, by the operation. A route may have its own
 * example in its table, which wins.
 */
export type Examples = Readonly<Record<string, unknown>>;

/**
 * By parameters of paths, by query strings and by fields of bodies that end in `id` or `key`: what each is the name of
 * belongs to one workspace, and is not there for others.
 */
export interface OwnedNames {
  readonly params?: Readonly<Record<string, OwnedName>>;
  readonly query?: Readonly<Record<string, OwnedName>>;
  readonly body?: Readonly<Record<string, OwnedName>>;
  /** Query strings that name nothing: sizes of pages, cursors, filters. */
  readonly harmless?: readonly string[];
  /** Operations that read, and whose answers have no name and no text of a workspace in them. */
  readonly anonymous?: readonly string[];
}

export interface OwnedName {
  /** Of the right form, and the name of nothing. */
  readonly nobodys: string | number;
  /** Where it comes from: an operation that works with its example, and the field of its answer. */
  readonly madeBy?: { readonly operation: string; readonly field: string };
  /** true: a list by it is empty where nothing has the name, and not 404. */
  readonly emptyIfMissing?: true;
  /** true: it names nothing of a workspace; all get the same. */
  readonly everybodys?: true;
}

export interface ApiManifest {
  readonly needs: FunctionNeeds;
  /** Files that it sends as they are: they stand gzipped in the folder `assets` of its package. */
  readonly assets?: readonly AssetFile[];
  /** true: it also answers what no service owns. */
  readonly catchAll?: true;
}

/** A file of the repository, by its path from the root, with texts to put in place of others. */
export interface AssetFile {
  readonly from: string;
  readonly instead?: Readonly<Record<string, string>>;
}

/** A function `<name>.lambda.ts` that callers do not see: `narae-<stage>-<service>-<name>`. */
export interface WorkerManifest {
  readonly name: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly needs: FunctionNeeds;
  readonly trigger: WorkerTrigger;
  /** Variable that tells the function of streams its name; that function may then invoke it. Absent: it may not. */
  readonly toldToStreams?: `NARAE_${string}`;
  /** Names it was first deployed under: with others it would be made anew, and could not, beside itself. */
  readonly deployedAs?: { readonly construct: string; readonly functionName: string };
}

export type WorkerTrigger =
  /** Another function waits for it, and tells its own caller of failures. */
  | { readonly by: 'request' }
  /** A state machine, which `lib/services/<service>.ts` makes. */
  | { readonly by: 'pipeline' }
  /** Asynchronous invokes: what fails for good is left in a dead-letter queue, for an alarm and `npm run replay`. */
  | {
      readonly by: 'event';
      readonly retries: 0 | 1 | 2;
      /** How long an event may wait for its first or next try; at most 360. */
      readonly maxAgeMinutes: number;
      readonly schedule?: { readonly everyMinutes: number; readonly description: string };
    };

export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

/** Indexes of the table of runs (docs/architecture.md, "Tables"). */
export type RunIndexName = 'open' | 'endedByRoom' | 'endedByOwner';

/** Prefixes of the bucket that the engine reads or writes, for whomever it runs code. */
export const ENGINE_PREFIXES = ['code', 'payloads', 'results', 'cancel', 'sources', 'libraries'] as const;

export interface StoredPrefix {
  /** Without slash. */
  readonly prefix: string;
  /** Days that an object is kept. Absent: until it is deleted. */
  readonly days?: number;
  /** Days that what was overwritten or deleted can be brought back, where versions are kept. */
  readonly versionDays: number;
}

/**
 * All that a function may do, beside writing its own log. What follows from it is not said: who reads objects may know
 * which are there, and the stage's key is used through the services that store.
 */
export interface FunctionNeeds {
  readonly runs?: readonly TableAction[];
  readonly runIndexes?: readonly RunIndexName[];
  readonly entities?: readonly TableAction[];
  /** By prefix of the bucket. */
  readonly objects?: {
    readonly get?: readonly string[];
    readonly put?: readonly string[];
    readonly delete?: readonly string[];
    /** true: keys are listed, though nothing is read. */
    readonly list?: true;
  };
  /** The stage's key itself: to seal environment values, or to open them. */
  readonly key?: readonly ('GenerateDataKey' | 'Decrypt')[];
  /** What builds publish in the platform's registry: to read it, or to add to it as well. */
  readonly images?: 'pull' | 'push';
  /** Apps that users deploy: to call them at their addresses, to make and remove them, or to have them removed. */
  readonly apps?: 'invoke' | 'deploy' | 'have-removed';
  /** The log group of the lines that stored functions print. */
  readonly functionLines?: 'read' | 'delete';
  /** Models that the stage is configured with for decisions, and the key of who serves them; of none, nothing. */
  readonly models?: readonly ('provider' | 'embedder')[];
  /** CloudWatch metrics, of the whole account: there are no resources to name. */
  readonly readsMetrics?: true;
  /** The key that signs stream tickets. */
  readonly tickets?: true;
  /**
   * `runner`, or workers of the service by name, under the variables that tell it their functions' names. A worker may name
   * those that stand before it.
   */
  readonly invokes?: Readonly<Record<`NARAE_${string}`, string>>;
  /** State machines of the service by name, under the variables that tell it their ARNs. */
  readonly starts?: Readonly<Record<`NARAE_${string}`, string>>;
  /** Variables with what it has to know of the stage, beside what every function is given. */
  readonly settings?: readonly SettingName[];
}

/** docs/architecture.md, "Environment variables of our functions". */
export type SettingName =
  | 'NARAE_APPS'
  | 'NARAE_APP_DEPLOYS'
  | 'NARAE_DATA_KEY_ID'
  | 'NARAE_DECISIONS'
  | 'NARAE_FUNCTION_LOGS'
  | 'NARAE_LOKI_URL'
  | 'NARAE_NAMESPACES'
  | 'NARAE_OPEN_TARGETS'
  | 'NARAE_OWN_HOSTS'
  | 'NARAE_PROMETHEUS_URL'
  | 'NARAE_PUBLIC_URL'
  | 'NARAE_REGISTRIES'
  | 'NARAE_REGISTRY'
  | 'NARAE_RESERVED_NAMES'
  | 'NARAE_SERVICE_RUNS'
  | 'NARAE_SPIN';

/** An alarm beside those that every service has. */
export interface AlarmManifest {
  /** Last part of its name, and its chapter of docs/runbook.md. */
  readonly name: string;
  readonly meaning: string;
  /**
   * What is looked at, in periods of five minutes: dead letters or errors of a worker, errors of the API's function, or what
   * functions of the service count by `counterOf` (platform/telemetry).
   */
  readonly on: { readonly deadLettersOf: string } | { readonly errorsOf: string } | { readonly counted: string };
  /** Absent: 0. */
  readonly above?: number;
  /** How many of the last periods have to be bad. Absent: the last one. */
  readonly periods?: { readonly bad: number; readonly of: number };
}

/** Where a service's modules are, from the repository's root. */
export const folderOf = ({ name, folder = `lambdas/${name}` }: ServiceManifest): string => folder;

/** Last part of the name of a worker's function. */
export const workerFunctionName = ({ name }: ServiceManifest, worker: WorkerManifest): string =>
  worker.deployedAs?.functionName ?? `${name}-${worker.name}`;

/** By variable: last part of the names of functions that the function of streams may invoke. */
export const functionsToldToStreams = (services: readonly ServiceManifest[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    services.flatMap((service) =>
      (service.workers ?? []).flatMap((worker) =>
        worker.toldToStreams === undefined
          ? []
          : [[worker.toldToStreams, workerFunctionName(service, worker)] as const],
      ),
    ),
  );

/** Last part of the names of functions whose failed events are left in a queue of their own. */
export const functionsWithDeadLetters = (services: readonly ServiceManifest[]): string[] =>
  services.flatMap((service) =>
    (service.workers ?? [])
      .filter(({ trigger }) => trigger.by === 'event')
      .map((worker) => workerFunctionName(service, worker)),
  );

/** By service: what its manifest says of its runs, as those that read them are given it. */
export const runsOf = (services: readonly ServiceManifest[]): Readonly<Record<string, RunsManifest>> =>
  Object.fromEntries(services.flatMap(({ name, runs }) => (runs ? [[name, runs] as const] : [])));

/** Names directly below `/api` that routes have. */
export const namesBelowApi = (services: readonly ServiceManifest[]): string[] => [
  ...new Set(
    services
      .flatMap(({ routes }) => Object.values(routes))
      .flatMap(({ path }) => /^\/api\/([^/{]+)/.exec(path)?.[1]?.toLowerCase() ?? []),
  ),
];
