import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { ServiceManifest } from '../../lambdas/platform/manifest';
import { SERVICES } from '../../lambdas/services';
import { addStage, type NaraeStacks } from '../../lib/app';
import { parseConfig } from '../../lib/config';
import type { ServiceStack } from '../../lib/stacks/service';

export const repository = path.resolve(__dirname, '../..');

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const { context } = CdkJson.parse(JSON.parse(readFileSync(path.join(repository, 'cdk.json'), 'utf8')));

/** A closed stage far from us-east-1: every optional part is there. */
export const CLOSED = {
  account: '123456789012',
  region: 'eu-central-1',
  auth: 'none',
  network: 'none',
  allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'],
  alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:ops',
  maxConcurrentRuns: 50,
  maxViewers: 20,
  edge: {
    domainName: 'run.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/8f1e2d3c-0000-4000-8000-000000000000',
  },
};

/** What prod has to be told. */
export const PROD = { maxConcurrentRuns: 300, alarmEmail: 'ops@example.com' };

/** Stages as they are deployed, and one with everything that can be set. */
export const STAGES: Readonly<Record<string, object>> = { local: {}, dev: {}, prod: PROD, closed: CLOSED };

export interface Stage extends NaraeStacks {
  readonly app: App;
  readonly all: readonly Stack[];
  /** Folder of the cloud assembly. */
  readonly assembly: string;
}

const folders: string[] = [];

// CloudFormation's own rules take most of a synthesis. They run in `cdk synth`; cdk-nag's run here too.
process.env['CDK_VALIDATION'] = 'false';

/** The stage's stacks, synthesized as `cdk deploy` would; `said`: what `-c` says beside the stage. */
export function stageOf(
  name: string,
  overrides: object = {},
  environment: Record<string, string> = {},
  said: Record<string, string> = {},
  services: readonly ServiceManifest[] = SERVICES,
): Stage {
  const assembly = mkdtempSync(path.join(tmpdir(), 'narae-stacks-'));
  folders.push(assembly);
  const app = new App({ context: { ...context, ...said }, outdir: assembly });
  const stacks = addStage(app, parseConfig(name, [overrides]), environment, services);
  const all = app.node.children.filter((child) => child instanceof Stack);
  return { app, assembly, all, ...stacks };
}

const known = new Map<string, Stage>();

/** One of `STAGES`, made once per test file: not for tests that change it. */
export function namedStage(name: string): Stage {
  const stage = known.get(name) ?? stageOf(name, STAGES[name]);
  known.set(name, stage);
  return stage;
}

/** The stack with the workers of a service. */
export function serviceStackOf({ serviceStacks }: Stage, service: string): ServiceStack {
  const stack = serviceStacks.get(service);
  if (!stack) throw new Error(`${service} has no stack`);
  return stack;
}

export function removeAssemblies(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
export type Resource = z.output<typeof Resource>;

const TemplateJson = z.object({ Resources: z.record(z.string(), Resource) });

/** All resources of a stack, by logical id. */
export const templateOf = (stack: Stack): Record<string, Resource> =>
  TemplateJson.parse(Template.fromStack(stack).toJSON()).Resources;

/** Resources of one type, by logical id. */
export const resources = (stack: Stack, type: string): Map<string, Resource> =>
  new Map(Object.entries(templateOf(stack)).filter(([, resource]) => resource.Type === type));

/** The one resource of a type whose logical id begins so. */
export function resource(stack: Stack, type: string, idPrefix = ''): Resource {
  const found = [...resources(stack, type)].filter(([id]) => id.startsWith(idPrefix));
  const [only, ...others] = found;
  if (!only || others.length > 0) throw new Error(`${found.length} resources ${type} ${idPrefix}*, not one`);
  return only[1];
}

/** Every resource of a type in all stacks of a stage. */
export const everywhere = (stage: Stage, type: string): [string, Resource][] =>
  stage.all.flatMap((stack) => [...resources(stack, type)]);
