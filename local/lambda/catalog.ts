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

/** How the function's URL answers. */
export type UrlMode = 'BUFFERED' | 'RESPONSE_STREAM';

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
  urlMode?: Promise<UrlMode>;
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
    const name = functionName(reference);
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
  urlMode(definition: FunctionDefinition): Promise<UrlMode> {
    const entry = this.#entries.get(definition.name) ?? this.#enter(definition.name);
    entry.urlMode ??= this.#readUrlMode(definition.name);
    entry.urlMode.catch(() => delete entry.urlMode);
    return entry.urlMode;
  }

  /** After a deployment: one function, or all, are read anew at their next use. */
  forget(reference?: string): void {
    if (reference === undefined) this.#entries.clear();
    else this.#entries.delete(functionName(reference));
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
      return readDefinition(await this.#client.send(new GetFunctionCommand({ FunctionName: name })));
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

  async #readUrlMode(name: string): Promise<UrlMode> {
    try {
      const answer = await this.#client.send(new GetFunctionUrlConfigCommand({ FunctionName: name }));
      return answer.InvokeMode === 'RESPONSE_STREAM' ? 'RESPONSE_STREAM' : 'BUFFERED';
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new LambdaError('ResourceNotFoundException', `The function ${name} has no URL.`);
    }
  }
}

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';
