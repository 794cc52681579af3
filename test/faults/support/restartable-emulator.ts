import { startEmulator, type Emulator, type EmulatorOptions } from '../../../local/emulator/ministack';

/** An emulator that can be stopped and started again with what it had stored. */
export class RestartableEmulator {
  readonly #options: EmulatorOptions;

  #emulator: Emulator;

  private constructor(options: EmulatorOptions, emulator: Emulator) {
    this.#options = options;

    this.#emulator = emulator;
  }

  static async start(options: EmulatorOptions): Promise<RestartableEmulator> {
    return new RestartableEmulator(options, await startEmulator(options));
  }

  get endpoint(): string {
    return this.#emulator.endpoint;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#emulator = await startEmulator(this.#options);
  }

  async stop(): Promise<void> {
    if (!(await this.#emulator.stop())) throw new Error('The emulator had to be killed.');
  }
}
