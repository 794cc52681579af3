import type { Fault, Handlers } from '../../platform/pipeline/dispatcher';
import { AGAIN, OVER } from '../../platform/pipeline/pipeline';
import type { Artifact } from '../artifact';
import { BUILD_LIMITS } from '../limits';
import { currentTask } from '../task/read-tasks';
import { artifactOf, isOver, type TaskFailure, type TaskRecord } from '../task/task';
import { assembled } from './assemble';
import { foundIn } from './findings';
import { entryModuleOf, requirementsIn, requirementsProblem } from './layout';
import type { appBuilds } from './pipeline';
import { COMPONENT, PACKAGES, PREPARED, type BuilderPorts } from './ports';
import { publish } from './publish';
import type { TaskOrder } from './task-order';

interface Work {
  readonly task: TaskRecord;
  readonly ports: BuilderPorts;
}

type Steps = Handlers<typeof appBuilds>;
type Event<Step extends keyof Steps> = Parameters<Steps[Step]>[0];

/**
 * What the worker does of a build or a push, step by step. A task that is over, or gone, is left alone: steps are tried
 * again, and come late.
 */
export function buildHandlers(ports: BuilderPorts): Steps {
  const ofOpen =
    <E extends { readonly order: TaskOrder }, A>(step: (work: Work, event: E) => Promise<A>) =>
    async (event: E): Promise<A | typeof OVER> => {
      const task = await currentTask(event.order.task, ports);
      return task && !isOver(task) ? step({ task, ports }, event) : OVER;
    };
  return {
    begin: ofOpen(begin),
    judge: ofOpen(judge),
    plan: ofOpen(plan),
    assemble: ofOpen(assemble),
    accept: ofOpen(accept),
    push: ofOpen(push),
    reject: ofOpen((work, { fault }) => fail(work, failureOf(work.task, fault))),
  };
}

/** Is there something to be built, and what of it is called? */
async function begin(work: Work) {
  const { task, ports } = work;
  if (task.kind === 'push') return { next: 'push' } as const;
  await ports.tasks.advance(task.id, { stage: 'checking', now: ports.clock.now() });
  const files = await ports.store.source(task);
  const module = task.upload?.module ?? entryModuleOf(files, task.target);
  if (typeof module !== 'string') return fail(work, module);
  const problem = requirementsProblem(files);
  if (problem !== undefined) return fail(work, { code: 'DEPENDENCY_ERROR', message: problem });
  const { store } = ports;
  const [sourceUrl, packagesUrl, preparedUrl, componentUrl] = await Promise.all([
    store.sourceUrl(task),
    store.artifactUploadUrl(task.id, PACKAGES),
    store.artifactUrl(task.id, PREPARED),
    store.artifactUploadUrl(task.id, COMPONENT),
  ]);
  const types = task.typeCheck !== 'off';
  return { next: 'check', sourceUrl, types, module, packagesUrl, preparedUrl, componentUrl } as const;
}

async function judge(work: Work, { findings, module }: Event<'judge'>) {
  const { task, ports } = work;
  const found = foundIn(findings, task.typeCheck);
  if ('code' in found) return fail(work, found);
  const files = await ports.store.source(task);
  const requirements = requirementsIn(files);
  // Tried again it finds itself further on, and does not say everything twice.
  if (task.stage === 'checking')
    await ports.tasks.advance(task.id, {
      stage: 'building',
      warnings: found.warnings,
      lines: [...found.warnings, ...requirements.map((line) => `needs ${line}`)],
      now: ports.clock.now(),
    });
  return requirements.length > 0
    ? ({ next: 'resolve', requirements } as const)
    : afterAssembling(work, await assembled(task, { files, packages: new Map(), module }, ports));
}

async function plan(work: Work, { resolved }: Event<'plan'>) {
  if (!resolved.ok) return fail(work, notInstalled(resolved.reason));
  return { next: 'install' } as const;
}

async function assemble(work: Work, { installed, module }: Event<'assemble'>) {
  const { task, ports } = work;
  if (!installed.ok) return fail(work, notInstalled(installed.reason));
  const [files, packages] = await Promise.all([ports.store.source(task), ports.store.packages(task.id, PACKAGES)]);
  return afterAssembling(work, await assembled(task, { files, packages, module }, ports));
}

/** Installers speak of the library of a callback. */
const notInstalled = (reason: string): TaskFailure => ({
  code: 'DEPENDENCY_ERROR',
  message: reason.replace(/^library /, 'requirements.txt '),
});

async function afterAssembling(work: Work, made: Artifact | TaskFailure | 'prepared') {
  if (made === 'prepared') return { next: 'componentize' } as const;
  return 'code' in made ? fail(work, made) : built(work, made);
}

const COMPONENT_ERRORS = ['NO_ENTRY_POINT', 'SYNTAX_ERROR', 'DEPENDENCY_ERROR', 'BUILD_TIMEOUT'] as const;

async function accept(work: Work, { component }: Event<'accept'>) {
  const { task, ports } = work;
  if (!component.ok) {
    const code = COMPONENT_ERRORS.find((known) => known === component.errorCode) ?? 'BUILD_ERROR';
    return fail(work, { code, message: component.reason });
  }
  const { sha256, bytes } = component;
  return built(work, { kind: 'spin-oci', path: ports.store.artifactPath(task.id, COMPONENT), sha256, bytes });
}

async function built({ task, ports }: Work, artifact: Artifact) {
  const now = ports.clock.now();
  const lines = [`built ${artifact.path}, ${artifact.bytes} bytes`];
  if (task.push) {
    await ports.tasks.advance(task.id, { stage: 'pushing', built: artifact, lines, now });
    return { next: 'push' } as const;
  }
  await ports.tasks.end(task, { result: ports.store.resultOf(task, artifact) }, now, lines);
  return OVER;
}

/** Publishes what this task has built, or another one, when it has. */
async function push(work: Work) {
  const { task, ports } = work;
  const source = task.builtBy === undefined ? task : await currentTask(task.builtBy, ports);
  if (!source) return fail(work, { code: 'PUSH_ERROR', message: 'The build of this source is gone.' });
  const artifact = artifactOf(source);
  if (!artifact) {
    if (!isOver(source)) return AGAIN;
    const { errorCode: code = 'BUILD_ERROR', error: message = 'The build of this source made nothing.' } = source;
    return fail(work, { code, message });
  }
  if (task.stage !== 'pushing') await ports.tasks.advance(task.id, { stage: 'pushing', now: ports.clock.now() });
  const published = await publish(task, source, await ports.store.artifact(artifact), ports);
  if ('code' in published) return fail(work, published);
  const result = { ...ports.store.resultOf(source, artifact), ...published.place };
  await ports.tasks.end(task, { result }, ports.clock.now(), [published.line]);
  return OVER;
}

async function fail({ task, ports }: Work, { code, message }: TaskFailure): Promise<typeof OVER> {
  await ports.tasks.end(task, { failure: { code, message: cut(message) } }, ports.clock.now());
  return OVER;
}

/** By the names of errors, which whoever reports them may have put into words of their own. */
function failureOf({ stage }: TaskRecord, { Error, Cause = '' }: Fault): TaskFailure {
  const told = `${Error} ${Cause}`;
  if (/\bRegistryUnavailable\b/.test(told))
    return { code: 'DEPENDENCY_ERROR', message: 'The package registry did not answer. Start it again.' };
  if (/\b(States\.Timeout|Sandbox\.Timedout|RepeatedTooOften)\b/.test(told))
    return { code: 'BUILD_TIMEOUT', message: 'A step of the task took too long. Start it again.' };
  const message = 'The task failed by a fault of the platform. Start it again.';
  return { code: stage === 'pushing' ? 'PUSH_ERROR' : 'BUILD_ERROR', message };
}

/** At most so many bytes, in whole characters. */
const cut = (text: string): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, BUILD_LIMITS.errorBytes - 3)).replace(/\uFFFD$/, '');
