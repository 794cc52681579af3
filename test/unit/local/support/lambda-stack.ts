import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { clientConfig } from '../../../../local/aws';
import type { FreezingOptions } from '../../../../local/lambda/freezing/freezing';
import type { Limits } from '../../../../local/lambda/invoker';
import type { Quotas } from '../../../../local/lambda/quotas';
import { LambdaService } from '../../../../local/lambda/service';

const REPOSITORY = resolve(__dirname, '../../../..');

/** Files of a deployment package; those named `*.sh` or without an ending are executable. */
export type Package = Record<string, string>;

export interface LambdaStackOptions {
  readonly limits?: Partial<Limits>;
  readonly quotas?: Partial<Quotas>;
  readonly freezing?: Partial<FreezingOptions>;
  /** Where functions find AWS and the Lambda service, in place of the real ones. */
  readonly seenAs?: string;
  readonly environment?: (taskRoot: string) => Record<string, string>;
  readonly retryDelaysMs?: readonly number[];
  /** Folder of an earlier stack, to find its events again. */
  readonly dir?: string;
}

/** A Lambda service of a test, on the shared emulator, with functions whose names no other test uses. */
export interface LambdaStack {
  readonly service: LambdaService;
  /** Talks to the service. */
  readonly client: LambdaClient;
  readonly awsEndpoint: string;
  readonly dir: string;
  readonly reports: string[];
  /** Deploys a function and returns its name. Node 24, 256 MB and 10 s unless `more` says otherwise. */
  deploy(files: Package, more?: Partial<CreateFunctionCommandInput>): Promise<string>;
  /** Gives a function a URL that streams, and returns its address. */
  url(functionName: string): Promise<string>;
  log(functionName: string): Promise<string>;
  /** Ends the service; the folder stays for a next one where `keep` says so. */
  stop(keep?: 'keep'): Promise<void>;
}

export const TEST_LIMITS: Limits = {
  concurrency: 4,
  streamConcurrency: 8,
  environments: 12,
  queue: 100,
  waitMs: 20_000,
  initTimeoutMs: 20_000,
  idleTimeoutMs: 60_000,
};

export async function startLambdaStack(options: LambdaStackOptions = {}): Promise<LambdaStack> {
  const awsEndpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'narae-lambda-')));
  const reports: string[] = [];
  const service = await LambdaService.start({
    port: 0,
    awsEndpoint,
    surroundings: {
      nodePath: process.execPath,
      nodeModules: join(REPOSITORY, 'node_modules'),
      environment: options.environment ?? (() => ({})),
    },
    logDir: join(dir, 'logs'),
    workDir: join(dir, 'work'),
    eventDir: join(dir, 'events'),
    limits: { ...TEST_LIMITS, ...options.limits },
    retryDelaysMs: options.retryDelaysMs ?? [10, 20],
    ...(options.quotas && { quotas: options.quotas }),
    ...(options.freezing && { freezing: options.freezing }),
    ...(options.seenAs !== undefined && { seenAs: options.seenAs, awsSeenAs: options.seenAs }),
    report: (message) => reports.push(message),
  });
  const client = new LambdaClient({ ...clientConfig(service.endpoint), maxAttempts: 1 });
  return {
    service,
    client,
    awsEndpoint,
    dir,
    reports,
    deploy: async (files, more = {}) => {
      const FunctionName = `test-${randomBytes(6).toString('hex')}`;
      await client.send(
        new CreateFunctionCommand({
          FunctionName,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/none',
          Timeout: 10,
          MemorySize: 256,
          Code: { ZipFile: zip(files) },
          ...more,
        }),
      );
      return FunctionName;
    },
    url: async (functionName) => {
      const InvokeMode = 'RESPONSE_STREAM';
      await client.send(
        new CreateFunctionUrlConfigCommand({ FunctionName: functionName, AuthType: 'NONE', InvokeMode }),
      );
      return `${service.endpoint}/url/${functionName}`;
    },
    log: (functionName) => readFile(join(dir, 'logs', `${functionName}.log`), 'utf8').catch(() => ''),
    stop: async (keep) => {
      await service.stop();
      client.destroy();
      if (keep === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A deployment package with Unix permissions. */
export function zip(files: Package): Uint8Array {
  const entries: Zippable = {};
  for (const [name, text] of Object.entries(files)) {
    const mode = /\.(mjs|js|py|json|txt)$/.test(name) ? 0o644 : 0o755;
    entries[name] = [strToU8(text), { os: 3, attrs: mode << 16 }];
  }
  return zipSync(entries);
}

/** Payload of an answer, parsed. */
export function payloadOf(answer: { Payload?: Uint8Array | undefined }): unknown {
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
}

/** A package whose `index.mjs` is this source. */
export const handler = (source: string): Package => ({ 'index.mjs': source });
