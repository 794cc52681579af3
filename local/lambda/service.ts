import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { BodyTooLarge } from '../http-body';
import { messageOf } from '../process/errors';
import { waitUntil } from '../process/wait';
import { Destinations } from './async/destinations';
import { EventQueue } from './async/event-queue';
import { EventStore } from './async/event-store';
import { FunctionCatalog } from './catalog';
import { CodeStore } from './code-store';
import { sendRefusal } from './faces/answers';
import { answerAliasUrl, isAliasUrl } from './faces/app-urls';
import { answerForwarded } from './faces/forwarded';
import { answerFunctionUrl } from './faces/function-url';
import { passOn } from './faces/pass-on';
import { answerInvoke, answerInvokeWithResponseStream } from './faces/rest-api';
import { LambdaError } from './failure';
import type { Ends } from './freezing/connection-proxy';
import { Freezing, type FreezingOptions } from './freezing/freezing';
import type { Surroundings } from './function-process';
import { Invoker, type Call, type Limits } from './invoker';
import { listen } from '../process/listen';
import { killMentioning } from './process-tree';
import { LAMBDA_QUOTAS, type Quotas } from './quotas';
import type { InvokeResult } from './response';

export interface LambdaServiceOptions {
  /** 0 for any. */
  readonly port: number;
  readonly awsEndpoint: string;
  readonly surroundings: Omit<Surroundings, 'awsEndpoint' | 'lambdaEndpoint'>;
  /** Where functions find this service, if something stands in front of it; its own address otherwise. */
  readonly seenAs?: string | undefined;
  /** Where functions find the rest of AWS, if something stands in front of that; `awsEndpoint` otherwise. */
  readonly awsSeenAs?: string | undefined;
  /** Log files of functions. */
  readonly logDir: string;
  /** Unpacked packages and temporary folders. */
  readonly workDir: string;
  /** Events that were accepted and are not finished; survives restarts. */
  readonly eventDir: string;
  readonly limits: Limits;
  /** Those of a new account unless it says otherwise. */
  readonly quotas?: Partial<Quotas>;
  /** How environments stand still between two calls; as on Lambda unless it says otherwise. */
  readonly freezing?: Partial<FreezingOptions>;
  /** Pause before the second attempt of an event, the third, ..., ms. */
  readonly retryDelaysMs: readonly number[];
  /** Told what a person should know and no caller is told. */
  readonly report: (message: string) => void;
}

/** Calls that run when the service is stopped get this long to end by themselves, ms. */
const DRAIN_MS = 2_000;

const INVOKE = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/;
const INVOKE_STREAMING = /^\/2021-11-15\/functions\/([^/?]+)\/response-streaming-invocations(?:\?|$)/;
const FUNCTION_URL = /^\/url\/([^/?]+)(.*)$/;
const CHANGED_FUNCTION = /^\/[\d-]+\/functions\/([^/?]+)/;

/**
 * Runs what is deployed in the emulator, in processes of this machine, with real concurrency and streaming. It stands
 * where the Lambda API stands (AWS_ENDPOINT_URL_LAMBDA); what it does not do itself it passes on to the emulator.
 */
export class LambdaService {
  readonly #server: Server;
  readonly #options: LambdaServiceOptions;
  readonly #catalog: FunctionCatalog;
  readonly #invoker: Invoker;
  readonly #events: EventQueue;
  readonly #destinations: Destinations;
  readonly #freezing: Freezing;

  private constructor(
    server: Server,
    options: LambdaServiceOptions,
    catalog: FunctionCatalog,
    invoker: Invoker,
    events: EventQueue,
    destinations: Destinations,
    freezing: Freezing,
    /** e.g. `http://127.0.0.1:20124` */
    readonly endpoint: string,
  ) {
    this.#server = server;
    this.#options = options;
    this.#catalog = catalog;
    this.#invoker = invoker;
    this.#events = events;
    this.#destinations = destinations;
    this.#freezing = freezing;
  }

  static async start(options: LambdaServiceOptions): Promise<LambdaService> {
    const server = createServer();
    // Calls may last 15 minutes, and so may the answers to them.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 60_000;
    const endpoint = `http://127.0.0.1:${await listen(server, options.port)}`;
    const scratchDir = path.join(options.workDir, 'tmp');
    const codeDir = path.join(options.workDir, 'functions');
    // What was frozen does not notice that its service has been killed.
    killMentioning(`TMPDIR=${path.resolve(scratchDir)}/`);
    // What earlier processes left: temporary folders, and packages of which few are still deployed.
    await Promise.all([scratchDir, codeDir].map((dir) => rm(dir, { recursive: true, force: true })));
    await mkdir(scratchDir, { recursive: true });
    const { awsEndpoint, surroundings, limits, retryDelaysMs, report, logDir } = options;
    const catalog = new FunctionCatalog(awsEndpoint);
    const code = new CodeStore({
      dir: codeDir,
      awsEndpoint,
      nodeModules: surroundings.nodeModules,
      environment: surroundings.environment(codeDir),
    });
    const seenAs = { aws: options.awsSeenAs ?? awsEndpoint, lambda: options.seenAs ?? endpoint };
    const freezing = await Freezing.start(seenAs, options.freezing);
    const { aws, lambda } = freezing.seenByFunctions;
    const invoker = new Invoker({
      catalog,
      code,
      surroundings: { ...surroundings, awsEndpoint: aws, lambdaEndpoint: lambda },
      awsEndpoint,
      freezer: freezing.freezer,
      logDir,
      scratchDir,
      limits,
      quotas: { ...LAMBDA_QUOTAS, ...options.quotas },
      report,
    });
    const destinations = new Destinations(awsEndpoint);
    const store = new EventStore(options.eventDir);
    // Each runs a worker, which waits for a sandbox: more would take the places of those who wait for them.
    const workers = Math.max(1, Math.min(limits.concurrency, Math.floor(limits.environments / 4)));
    const events = new EventQueue({ store, invoker, catalog, destinations, workers, retryDelaysMs, report });
    const service = new LambdaService(server, options, catalog, invoker, events, destinations, freezing, endpoint);
    server.on('request', (request, response) => void service.#answer(request, response));
    return service;
  }

  /** Runs a function for the HTTP API. @throws LambdaError where it was not run */
  invoke(call: Call): Promise<InvokeResult> {
    return this.#invoker.invoke(call);
  }

  /** Whose connection it is that reaches AWS or this service: there is something between functions and both. */
  originOf(connection: Ends): Ends {
    return this.#freezing.originOf(connection);
  }

  /** Runs what earlier processes accepted. Only when the functions are deployed: events of unknown ones are dropped. */
  resumeEvents(): void {
    this.#events.resume();
  }

  /** After a deployment: what changed is read anew. */
  async refresh(): Promise<void> {
    this.#catalog.forget();
    await this.#invoker.endOutdated();
  }

  /** Lets running calls end for a moment, then ends all functions. Events that were not finished are kept. */
  async stop(): Promise<void> {
    this.#server.close();
    this.#events.close();
    await waitUntil(() => this.#invoker.callsRunning === 0, DRAIN_MS);
    await this.#invoker.close();
    this.#freezing.stop();
    this.#server.closeAllConnections();
    this.#destinations.close();
    this.#catalog.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendRefusal(response, asLambdaError(error));
      // An unread body would keep the connection from being used again.
      request.resume();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [invoker, catalog, events] = [this.#invoker, this.#catalog, this.#events];
    const url = request.url ?? '/';
    const nameIn = (pattern: RegExp) => decodeURIComponent(pattern.exec(url)?.[1] ?? '');
    if (request.method === 'POST' && /^\/invoke(\/|\?|$)/.test(url)) {
      await answerForwarded(request, response, invoker);
    } else if (request.method === 'POST' && INVOKE.test(url)) {
      await answerInvoke(request, response, nameIn(INVOKE), { invoker, catalog, events });
    } else if (request.method === 'POST' && INVOKE_STREAMING.test(url)) {
      await answerInvokeWithResponseStream(request, response, nameIn(INVOKE_STREAMING), { invoker, catalog, events });
    } else if (FUNCTION_URL.test(url)) {
      const rest = FUNCTION_URL.exec(url)?.[2] ?? '';
      const { limits } = this.#options;
      await answerFunctionUrl(request, response, nameIn(FUNCTION_URL), rest, { invoker, catalog, limits });
    } else if (isAliasUrl(url)) {
      await answerAliasUrl(request, response, this.#options.awsEndpoint, this.endpoint);
      catalog.forget(nameIn(CHANGED_FUNCTION));
    } else {
      await passOn(request, response, this.#options.awsEndpoint);
      if (request.method !== 'GET') catalog.forget(nameIn(CHANGED_FUNCTION));
    }
  }
}

function asLambdaError(error: unknown): LambdaError {
  if (error instanceof LambdaError) return error;
  if (error instanceof BodyTooLarge) return new LambdaError('RequestTooLargeException', 'The payload is too large.');
  return new LambdaError('ServiceException', messageOf(error));
}
