import type { SourceStore } from '../../engine';

/** Source code of callbacks, for as long as they are there: one may be called after a year. */
export class Sources {
  readonly #store: SourceStore;

  constructor(store: SourceStore) {
    this.#store = store;
  }

  /** @returns sha256 of the code, its address within the callback. @throws AppError `SERVICE_UNAVAILABLE` */
  put(workspace: string, callbackId: number, code: string): Promise<string> {
    return this.#store.put(workspace, ownerPath(callbackId), code);
  }

  /** @throws AppError `SERVICE_UNAVAILABLE` */
  async get(workspace: string, callbackId: number, sha256: string): Promise<string> {
    return (await this.#store.get(workspace, ownerPath(callbackId), sha256)).toString('utf8');
  }

  /** Removes every version of a callback's code. */
  forget(workspace: string, callbackId: number): Promise<void> {
    return this.#store.deleteAll(workspace, ownerPath(callbackId));
  }
}

const ownerPath = (callbackId: number): string => `callbacks/${callbackId}`;
