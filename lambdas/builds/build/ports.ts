import type { Ports } from '../ports';
import type { Publish } from './publish';

/** What the worker of builds stands on. */
export interface BuilderPorts extends Pick<Ports, 'clock' | 'tasks' | 'store' | 'credentials'> {
  readonly publish: Publish;
  /** Texts of the adapter that packages for Lambda bring along (adapter/sources.ts). */
  readonly adapter: Readonly<Record<string, string>>;
}

/** Objects of a build among its artifacts: the zip and the component are what it is for, the others are on the way there. */
export const ZIP = 'app.zip';
export const COMPONENT = 'app.wasm';
export const PACKAGES = 'packages.tar.gz';
/** A source with its packages, of which a component is made. */
export const PREPARED = 'prepared.zip';
