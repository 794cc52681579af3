import { AppError } from '../platform/http/errors';
import { nameOf } from './contract';
import { RESERVED_NAMES } from './limits';

/** Names below `/api` that no callback may have (docs/contracts/callbacks.md#path). */
export class ReservedNames {
  readonly #all: readonly string[];

  /** @param more names of services that the contract does not list, separated by commas (`NARAE_RESERVED_NAMES`) */
  constructor(more = '') {
    this.#all = [...RESERVED_NAMES, ...more.split(',').filter((name) => name !== '')];
  }

  /** In any case of letters, whatever the method. */
  has(name: string): boolean {
    return this.#all.includes(name.toLowerCase());
  }

  /** @throws AppError `PATH_RESERVED` */
  refuse(path: string): void {
    const name = nameOf(path);
    if (!this.has(name)) return;
    throw new AppError('PATH_RESERVED', `'${name}' is a name of the platform. Use another one.`, {
      details: { path: name, reserved: this.#all },
    });
  }
}
