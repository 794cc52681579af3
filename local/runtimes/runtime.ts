/** An interpreter that runs user code. */
export interface Interpreter {
  /** The true binary: no link, no shim of a version manager. */
  readonly path: string;
  /** e.g. `3.13.0` */
  readonly version: string;
  /** Folders and files that must be there for it to run; absolute, each covers what is under it. */
  readonly needs: readonly string[];
}

/** What starts a function's process. */
export interface StartContext {
  readonly handler: string;
  readonly memoryMb: number;
  /** The script of AWS_LAMBDA_EXEC_WRAPPER, which is started in the runtime's place and given what that would be. */
  readonly wrapper: string | undefined;
  /** The Node binary that runs our own functions, and the repository's packages for it. */
  readonly nodePath: string;
  readonly nodeModules: string;
  /** What functions have in their environment: what `variables` gave, among others. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How this machine does what a managed runtime of Lambda does, and what user code in its language runs on. */
export interface LocalRuntime {
  /** For people. */
  readonly label: string;
  /** What Lambda's names of it begin with: `python` of `python3.13`. */
  readonly lambdaPrefix: string;
  /** true: what brings no wrapper is what users deployed, and runs isolated. */
  readonly isUserCode: boolean;
  readonly command: (context: StartContext) => string[];
  /** Makes an unpacked package start faster; what fails is left to the start. */
  readonly prepare?: (folder: string, environment: Readonly<Record<string, string>>) => Promise<void>;

  /** @throws Error where there is none that serves */
  readonly findInterpreter: (environment: NodeJS.ProcessEnv, nodePath: string) => Promise<Interpreter>;
  /** Tells functions of it. */
  readonly variables: (interpreter: Interpreter) => Readonly<Record<string, string>>;
  /** Arguments with which the interpreter prints `isolated`. */
  readonly comesUp: readonly string[];
  /**
   * Arguments with which it does so only after a look around: forks are bounded at so many processes (where that is
   * claimed), nothing of this machine can be seen, the scratch folder can be written.
   */
  readonly looksAround?: (look: Look) => readonly string[];

  /** Variable of `npm start` with the index of its packages, in place of what the package client is configured with. */
  readonly indexVariable: string;
  /** Variables of `npm start`, with what they are for. */
  readonly help: readonly (readonly [name: string, meaning: string])[];
}

export interface Look {
  readonly scratch: string;
  /** A file that must not be seen. */
  readonly secret: string;
  readonly processes: number;
  readonly bounded: boolean;
}
