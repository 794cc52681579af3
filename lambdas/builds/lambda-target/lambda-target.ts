import { setTimeout } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { RegistryClient } from '../oci/registry-client';
import { TargetRefused, type Applied, type Deployment, type DeployTarget } from '../deploy-target';
import { asTargetError, isConflict } from './failures';
import { functionNameOf } from './function-name';
import { readLambdaImage } from './image';
import { AppFunction, networkOf } from './lambda-calls';
import { markOf, progressOf, type AppPlace, type Wanted } from './wanted';

export interface LambdaTargetPorts {
  readonly place: AppPlace;
  readonly lambda: LambdaClient;
  /** Opens the repository of an image. */
  readonly registry: (repository: string) => RegistryClient;
  /** Values of the environment of the function that is deployed. */
  readonly environmentOf: (deployment: Deployment) => Promise<Readonly<Record<string, string>>>;
  /** Told of what failed and harms nobody. */
  readonly report: (message: string, error: unknown) => void;
}

/** A call waits so long for Lambda before it says that it waits, ms. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 200;

/**
 * Apps as Lambda functions. A version is published when code and configuration are ready, and the alias is moved when the
 * version is: callers reach what was there before until then, also if all this fails.
 */
export class LambdaTarget implements DeployTarget {
  readonly #ports: LambdaTargetPorts;

  constructor(ports: LambdaTargetPorts) {
    this.#ports = ports;
  }

  async apply(deployment: Deployment): Promise<Applied> {
    const registry = this.#ports.registry(deployment.image.repository);
    try {
      const wanted = {
        deployment,
        place: this.#ports.place,
        network: await networkOf(this.#ports.lambda, this.#ports.place.networkOf),
        image: await readLambdaImage(registry, deployment.image.digest),
        environment: await this.#ports.environmentOf(deployment),
      };
      const endpoint = await this.#patiently(() => this.#step(this.#functionOf(deployment.app), wanted));
      return { state: endpoint === undefined ? 'waiting' : 'ready', endpoint: endpoint ?? null, warnings: [] };
    } catch (error) {
      throw asTargetError(error);
    } finally {
      registry.close();
    }
  }

  async remove(app: Deployment['app']): Promise<'gone' | 'waiting'> {
    try {
      await this.#functionOf(app).remove();
      return 'gone';
    } catch (error) {
      if (isConflict(error)) return 'waiting';
      throw asTargetError(error);
    }
  }

  #functionOf(app: Deployment['app']): AppFunction {
    return new AppFunction(this.#ports.lambda, functionNameOf(this.#ports.place.prefix, app));
  }

  /** The next thing to be done, whoever did the ones before. @returns the address when nothing is left to do */
  async #step(app: AppFunction, wanted: Wanted): Promise<string | undefined> {
    const mark = markOf(wanted);
    const live = await app.live();
    const reached = live === undefined ? undefined : await app.configuration(live);
    if (reached?.Description === mark) return this.#finish(app, live);
    const latest = await app.configuration();
    if (latest === undefined) return wait(app.create(wanted, mark));
    const progress = progressOf(latest);
    if (progress === 'waiting') return undefined;
    const isWanted = latest.CodeSha256 === wanted.image.codeSha256 && latest.Description === mark;
    if (typeof progress === 'object' && isWanted) throw new TargetRefused(progress.failed);
    if (latest.CodeSha256 !== wanted.image.codeSha256) return wait(app.updateCode(wanted));
    if (latest.Description !== mark) return wait(app.updateConfiguration(wanted, mark));
    const version = await app.publish(wanted, mark);
    const published = await app.configuration(version);
    const state = published === undefined ? 'waiting' : progressOf(published);
    if (typeof state === 'object') throw new TargetRefused(state.failed);
    if (state === 'waiting') return undefined;
    await app.moveLive(version, live);
    return this.#finish(app, version, live);
  }

  /** What is no longer of use takes of the account's storage; the one before stays for calls that go on. */
  async #finish(app: AppFunction, live: string | undefined, before?: string): Promise<string> {
    const url = await app.url();
    try {
      for (const version of await app.versions()) if (version !== live && version !== before) await app.remove(version);
    } catch (error) {
      this.#ports.report('Old versions of a deployed function are left', error);
    }
    return url;
  }

  async #patiently(step: () => Promise<string | undefined>): Promise<string | undefined> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const done = await step().catch((error: unknown) => {
        if (isConflict(error)) return undefined;
        throw error;
      });
      if (done !== undefined || performance.now() > until) return done;
      await setTimeout(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}

/** What was told to Lambda takes a while. */
const wait = (told: Promise<void>): Promise<undefined> => told.then(() => undefined);
