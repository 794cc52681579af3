import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import * as z from 'zod';

/**
 * Stages as a synthesis leaves them: templates and lists of what they name. A process of its own makes them, many in one
 * go, since loading the CDK takes longer than making a stage. Tests that change constructs have `built-stage.ts`.
 */

export const repository = path.resolve(__dirname, '../..');

/** A closed stage far from us-east-1: every optional part is there. */
export const CLOSED = {
  account: '123456789012',
  region: 'eu-central-1',
  auth: 'none',
  network: 'none',
  allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'],
  sampleSuccesses: 0.1,
  alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:ops',
  maxConcurrentRuns: 50,
  maxViewers: 20,
  decisions: {
    provider: 'bedrock',
    embedder: 'titan',
    bedrock: { model: 'vendor.model-v1:0', inferenceProfile: 'eu.vendor.model-v1:0' },
  },
  edge: {
    domainName: 'run.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/8f1e2d3c-0000-4000-8000-000000000000',
    alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:ops-of-the-edge',
  },
};

/** What prod has to be told. */
export const PROD = { maxConcurrentRuns: 300, alarmEmail: 'ops@example.com' };

/** Stages as they are deployed, and one with everything that can be set. */
export const STAGES: Readonly<Record<string, object>> = { local: {}, dev: {}, prod: PROD, closed: CLOSED };

/** What is to be synthesized. */
export const StageOrder = z.object({
  name: z.string(),
  /** Settings, over the defaults of the stage. */
  overrides: z.looseObject({}).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  /** What `-c` says beside the stage. */
  said: z.record(z.string(), z.string()).optional(),
});
export type StageOrder = z.output<typeof StageOrder>;

const PROXY = { NARAE_LAMBDA_PROXY_URL: 'http://127.0.0.1:1234/invoke' };

/** All that tests read, by the name they know it by: `STAGES`, and some with a setting more. */
export const NAMED: Readonly<Record<string, StageOrder>> = {
  ...Object.fromEntries(
    Object.entries(STAGES).map(([name, settings]) => [name, { name, overrides: { ...settings } }] as const),
  ),
  'dev for two origins': {
    name: 'dev',
    overrides: { allowedOrigins: ['https://a.example', 'https://b.example'] },
  },
  'dev with package indexes': {
    name: 'dev',
    overrides: { packageIndexes: { python: 'https://pypi.example/simple/', node: 'https://npm.example/' } },
  },
  'dev with traces': { name: 'dev', overrides: { tracing: 'xray' } },
  'dev with a model': {
    name: 'dev',
    overrides: { decisions: { provider: 'bedrock', bedrock: { model: 'vendor.model-v1:0', region: 'us-west-2' } } },
  },
  'dev with a model server': {
    name: 'dev',
    overrides: {
      decisions: {
        provider: 'openai-compatible',
        openAiCompatible: { baseUrl: 'https://models.example/v1', model: 'some', keySecret: 'models/key' },
      },
    },
  },
  'local with a proxy': { name: 'local', environment: PROXY },
  'prod with a proxy': { name: 'prod', overrides: PROD, environment: PROXY },
  'prod with a budget': {
    name: 'prod',
    overrides: { ...PROD, monthlyBudgetUsd: 70, alarmTopicArn: CLOSED.alarmTopicArn },
  },
};

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
export type Resource = z.output<typeof Resource>;

export const TemplateJson = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});

const SynthesizedStack = z.object({ stackName: z.string(), region: z.string(), template: TemplateJson });
export type SynthesizedStack = z.output<typeof SynthesizedStack>;

/** A stage as it is written down: stacks by their names. */
const WrittenStage = z.object({
  all: z.array(SynthesizedStack),
  data: z.string(),
  engine: z.string(),
  /** Of services that have workers, by service. */
  serviceStacks: z.record(z.string(), z.string()),
  api: z.string(),
  edge: z.string().optional(),
  ops: z.string().optional(),
  /** The functions that are made of our own sources: name without the stage, path of the entry. */
  ownFunctions: z.array(z.object({ name: z.string(), entry: z.string() })),
  /** Services whose functions the HTTP API calls. */
  apiFunctions: z.array(z.string()),
  /** What is uploaded for a stack, by the stack's name. `hash` is in the template, `name` tells what it is of. */
  assets: z.record(z.string(), z.array(z.object({ hash: z.string(), name: z.string(), folder: z.string() }))),
});
export type WrittenStage = z.output<typeof WrittenStage>;

type Part = 'data' | 'engine' | 'api' | 'edge' | 'ops';
export interface Stage extends Omit<WrittenStage, Part | 'serviceStacks'> {
  readonly data: SynthesizedStack;
  readonly engine: SynthesizedStack;
  readonly api: SynthesizedStack;
  readonly edge: SynthesizedStack | undefined;
  readonly ops: SynthesizedStack | undefined;
  readonly serviceStacks: ReadonlyMap<string, SynthesizedStack>;
}

export function readStage(written: WrittenStage): Stage {
  const stacks = new Map(written.all.map((stack) => [stack.stackName, stack]));
  const of = (name: string): SynthesizedStack => {
    const stack = stacks.get(name);
    if (!stack) throw new Error(`there is no stack ${name}`);
    return stack;
  };
  const { data, engine, api, edge, ops, serviceStacks, ...more } = written;
  return {
    ...more,
    data: of(data),
    engine: of(engine),
    api: of(api),
    edge: edge === undefined ? undefined : of(edge),
    ops: ops === undefined ? undefined : of(ops),
    serviceStacks: new Map(Object.entries(serviceStacks).map(([service, name]) => [service, of(name)])),
  };
}

export const Synthesis = z.union([z.object({ stage: WrittenStage }), z.object({ failed: z.string() })]);
export type Synthesis = z.output<typeof Synthesis>;

const SYNTHESIZE = path.join(__dirname, 'synthesize.ts');
const TIME_LIMIT_MS = 300_000;

/** Arguments for Node: reads orders from its standard input and writes what came of them into a file. */
export const synthesisCommand = (file: string): string[] => ['--import', 'tsx', SYNTHESIZE, file];

/** @returns what gives each stage, or throws why it could not be synthesized */
export function stagesOf(orders: readonly StageOrder[]): (() => Stage)[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-stages-'));
  const file = path.join(folder, 'stages.json');
  try {
    execFileSync(process.execPath, synthesisCommand(file), {
      cwd: repository,
      input: serialize(orders),
      timeout: TIME_LIMIT_MS,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    return readSyntheses(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readSyntheses(file: string): (() => Stage)[] {
  return z
    .array(Synthesis)
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .map((made) => () => {
      if ('failed' in made) throw new Error(made.failed);
      return readStage(made.stage);
    });
}

/** The stage with other settings, or in another environment. */
export function stageOf(name: string, overrides: object = {}, environment: Record<string, string> = {}): Stage {
  const [stage] = stagesOf([{ name, overrides: { ...overrides }, environment }]);
  if (!stage) throw new Error('nothing was synthesized');
  return stage();
}

let named: Map<string, () => Stage> | undefined;

/** One of `NAMED`. Those that the setup of the test run made, where it did. */
export function namedStage(name: string): Stage {
  const made = process.env['NARAE_TEST_STAGES'];
  const all = () => (made === undefined ? stagesOf(Object.values(NAMED)) : readSyntheses(made));
  named ??= new Map(all().map((stage, index) => [Object.keys(NAMED)[index] ?? '', stage]));
  const stage = named.get(name);
  if (!stage) throw new Error(`There is no stage ${name}`);
  return stage();
}

/** The stack with the workers of a service. */
export function serviceStackOf({ serviceStacks }: Stage, service: string): SynthesizedStack {
  const stack = serviceStacks.get(service);
  if (!stack) throw new Error(`${service} has no stack`);
  return stack;
}

/** All resources of a stack, by logical id. */
export const templateOf = ({ template }: SynthesizedStack): Record<string, Resource> => template.Resources;

/** Resources of one type, by logical id. */
export const resources = (stack: SynthesizedStack, type: string): Map<string, Resource> =>
  new Map(Object.entries(templateOf(stack)).filter(([, resource]) => resource.Type === type));

/** The one resource of a type whose logical id begins so. */
export function resource(stack: SynthesizedStack, type: string, idPrefix = ''): Resource {
  const found = [...resources(stack, type)].filter(([id]) => id.startsWith(idPrefix));
  const [only, ...others] = found;
  if (!only || others.length > 0) throw new Error(`${found.length} resources ${type} ${idPrefix}*, not one`);
  return only[1];
}

/** Every resource of a type in all stacks of a stage. */
export const everywhere = (stage: Stage, type: string): [string, Resource][] =>
  stage.all.flatMap((stack) => [...resources(stack, type)]);
