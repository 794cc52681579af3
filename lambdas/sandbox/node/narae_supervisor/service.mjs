import { Cancellation } from './cancellation.mjs';
import { ChildFailed } from './child.mjs';
import { fetchInput } from './fetch.mjs';
import { encode, NO_USAGE, PROTOCOL } from './frames.mjs';
import { Leftovers } from './leftovers.mjs';
import { Libraries } from './libraries.mjs';
import { Nursery } from './nursery.mjs';
import { ChildLost, Run } from './run.mjs';
import { BadEvent, readRunSpec } from './run-spec.mjs';
import * as verdicts from './verdict.mjs';

/** A child that was lost before user code started is replaced once. */
const CHILDREN = 2;

/** The life of an environment: one run after the other. */
export class Service {
  #settings;
  #nursery;
  #leftovers;
  #libraries;
  #cold = true;

  constructor(settings) {
    this.#settings = settings;
    this.#nursery = new Nursery(settings);
    this.#leftovers = new Leftovers(settings);
    this.#libraries = new Libraries(settings.libraries);
  }

  prepare() {
    return this.#nursery.prepare();
  }

  /** One invocation: answers with frames, then gets ready for the next. */
  async take(event, responseStream) {
    const send = (frame) => responseStream.write(encode(frame));
    const used = [];
    let clean = true;
    send({ t: 'ready', cold: this.#cold, version: process.versions.node, protocol: PROTOCOL });
    this.#cold = false;
    try {
      clean = await this.#run(await complete(readRunSpec(event), this.#libraries), send, used);
    } catch (error) {
      if (!(error instanceof BadEvent) && !(error instanceof ChildFailed)) this.#giveUp(error.stack);
      if (error instanceof ChildFailed) console.error(`narae supervisor: ${error.message}`);
      const why =
        error instanceof BadEvent ? `the order of the run is wrong: ${error.message}` : 'the code could not be started';
      send(verdicts.platformError(why));
      send(NO_USAGE);
    }
    send({ t: 'end' });
    await new Promise((resolve) => responseStream.end(resolve));
    for (const child of used) child.dispose();
    if (!clean) this.#giveUp('processes of a run could not be ended');
    this.#leftovers.remove();
    // Made now, when the caller has its answer: Lambda freezes the environment only when this function has returned.
    await this.prepare();
  }

  async #run(spec, send, used) {
    for (let attempt = 1; ; attempt += 1) {
      const child = await this.#nursery.take();
      const run = new Run(spec, child, this.#settings, send);
      const cancellation = new Cancellation(spec.cancelUrl, () => run.cancel());
      try {
        const clean = await run.execute();
        used.push(child);
        return clean;
      } catch (error) {
        await child.discard();
        if (!(error instanceof ChildLost)) throw error;
        if (attempt === CHILDREN) throw new ChildFailed('children are lost before user code starts');
      } finally {
        cancellation.stop();
      }
    }
  }

  /** Lambda makes a new environment in place of one that ends; a stream that breaks off is a lost worker. */
  #giveUp(why) {
    console.error(`narae supervisor: ${why}`);
    process.exit(1);
  }
}

/** Reads what the event only points at. @throws BadEvent */
async function complete(read, libraries) {
  const { bundleUrl, bundleSha } = read;
  const spec = bundleUrl === undefined ? read : { ...read, library: await libraries.get(bundleUrl, bundleSha) };
  if (spec.stdinUrl !== undefined)
    return { ...spec, stdin: (await fetchInput('stdin', spec.stdinUrl)).toString('utf8') };
  if (spec.eventUrl === undefined) return spec;
  const text = (await fetchInput('event', spec.eventUrl)).toString('utf8');
  try {
    return { ...spec, event: JSON.parse(text) };
  } catch {
    throw new BadEvent('event is not JSON');
  }
}
