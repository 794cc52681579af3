import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { clientConfig } from '../aws';
import { functionName, readDefinition, type FunctionDefinition } from './definition';
import { LambdaError } from './failure';

/** What happens to events that a function fails on. Defaults are Lambda's. */
export interface EventPolicy {
  readonly retries: number;
  readonly maximumAgeMs: number;
  readonly onSuccessArn: string | undefined;
  readonly onFailureArn: string | undefined;
}

/** How a function's URL answers, and whether callers sign. */
export interface UrlConfig {
  readonly mode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly signed: boolean;
}

/** A definition is read again after this time, in the background, when the function is used. */
const RECHECK_AFTER_MS = 2_000;
const DEFAULT_RETRIES = 2;
/** What CloudFormation names; the emulator keeps it apart from what is set without a qualifier (emulator-quirks.ts). */
const LATEST = '$LATEST';
const DEFAULT_AGE_SECONDS = 6 * 60 * 60;

interface Entry {
  definition: Promise<FunctionDefinition>;
  readAt: number;
  eventPolicy?: Promise<EventPolicy>;
  url?: Promise<UrlConfig>;
}

/**
 * What the emulator knows about functions, remembered. A deployment tells through `forget`; one that was done past us
 * is seen when the function is next used but one.
 */
export class FunctionCatalog {
  readonly #client: LambdaClient;
  readonly #entries = new Map<string, Entry>();

  constructor(awsEndpoint: string) {
    this.#client = new LambdaClient(clientConfig(awsEndpoint));
  }

  /** @throws LambdaError ResourceNotFoundException */
  get(reference: string): Promise<FunctionDefinition> {
    const name = catalogName(reference);
    const entry = this.#entries.get(name) ?? this.#enter(name);
    if (Date.now() - entry.readAt > RECHECK_AFTER_MS) this.#recheck(name, entry);
    return entry.definition;
  }

  eventPolicy(definition: FunctionDefinition): Promise<EventPolicy> {
    const entry = this.#entries.get(definition.name) ?? this.#enter(definition.name);
    entry.eventPolicy ??= this.#readEventPolicy(definition);
    return entry.eventPolicy;
  }

  /** @throws LambdaError ResourceNotFoundException where the function has no URL. */
  urlOf(reference: string): Promise<UrlConfig> {
    const name = catalogName(reference);
    const entry = this.#entries.get(name) ?? this.#enter(name);
    entry.url ??= this.#readUrl(name);
    entry.url.catch(() => delete entry.url);
    return entry.url;
  }

  /** After a deployment: one function, or all, are read anew at their next use. */
  forget(reference?: string): void {
    if (reference === undefined) this.#entries.clear();
    else for (const end of ['', LIVE]) this.#entries.delete(functionName(reference) + end);
  }

  close(): void {
    this.#client.destroy();
  }

  #enter(name: string): Entry {
    const entry: Entry = { definition: this.#read(name), readAt: Date.now() };
    this.#entries.set(name, entry);
    // A function that is not there may be there the next time.
    entry.definition.catch(() => this.#entries.get(name) === entry && this.#entries.delete(name));
    return entry;
  }

  #recheck(name: string, entry: Entry): void {
    entry.readAt = Date.now();
    this.#read(name).then(
      (fresh) => {
        if (this.#entries.get(name) !== entry) return;
        this.#entries.set(name, { definition: Promise.resolve(fresh), readAt: Date.now() });
      },
      (error: unknown) => {
        if (error instanceof LambdaError) this.#entries.delete(name);
      },
    );
  }

  async #read(name: string): Promise<FunctionDefinition> {
    try {
      return readDefinition(await this.#client.send(new GetFunctionCommand(named(name))));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new LambdaError('ResourceNotFoundException', `Function not found: ${name}`);
    }
  }

  async #readEventPolicy({ name }: FunctionDefinition): Promise<EventPolicy> {
    const config = (await this.#readEventConfig(name, LATEST)) ?? (await this.#readEventConfig(name, undefined));
    return {
      retries: config?.MaximumRetryAttempts ?? DEFAULT_RETRIES,
      maximumAgeMs: (config?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000,
      onSuccessArn: config?.DestinationConfig?.OnSuccess?.Destination,
      onFailureArn: config?.DestinationConfig?.OnFailure?.Destination,
    };
  }

  async #readEventConfig(FunctionName: string, Qualifier: string | undefined) {
    try {
      return await this.#client.send(
        new GetFunctionEventInvokeConfigCommand({ FunctionName, ...(Qualifier !== undefined && { Qualifier }) }),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined;
    }
  }

  async #readUrl(name: string): Promise<UrlConfig> {
    try {
      const answer = await this.#client.send(new GetFunctionUrlConfigCommand(named(name)));
      const mode = answer.InvokeMode === 'RESPONSE_STREAM' ? 'RESPONSE_STREAM' : 'BUFFERED';
      return { mode, signed: answer.AuthType === 'AWS_IAM' };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new LambdaError('ResourceNotFoundException', `The function ${name} has no URL.`);
    }
  }
}

/** The alias of apps: what it means stays what it was while the next version is made. */
const LIVE = ':live';

const catalogName = (reference: string): string => functionName(reference) + (reference.endsWith(LIVE) ? LIVE : '');

const named = (name: string) =>
  name.endsWith(LIVE) ? { FunctionName: functionName(name), Qualifier: LIVE.slice(1) } : { FunctionName: name };

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';
