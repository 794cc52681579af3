import path from 'node:path';
import { awsEnvironment, endpointEnvironment, REGION } from '../aws';
import { describeEnd, startProgram, type Program } from '../process/program';

export interface CdkOptions {
  readonly root: string;
  readonly nodePath: string;
  readonly awsEndpoint: string;
  /** Where the emulator is to send invokes. */
  readonly proxyUrl: string;
  readonly auth: string;
  /** In place of what the stage's file says. */
  readonly openTargets?: readonly string[] | undefined;
  readonly packageIndexes?: Readonly<Record<string, string>>;
  readonly decisions?: Readonly<Record<string, unknown>> | undefined;
  readonly outDir: string;
  readonly logFile: string;
  /** Lets the owner stop a command that runs; what it returns takes it out again. */
  readonly onStart: (program: Program) => () => void;
}

const ACCOUNT = '000000000000';
const TOOLKIT_STACK = 'CDKToolkit';
const STOP_GRACE_MS = 2_000;
/** A custom resource that never answers lets a deployment hang for ever. */
const TIME_LIMITS_MS = { bootstrap: 120_000, deploy: 420_000 };

/** The CDK's command line, against the emulator. */
export class Cdk {
  readonly #options: CdkOptions;

  constructor(options: CdkOptions) {
    this.#options = options;
  }

  /** Whether the account has what the CDK needs to deploy. */
  static readonly toolkitStack = TOOLKIT_STACK;

  bootstrap(): Promise<void> {
    // Away from cdk.json: with an app in sight it would be synthesized, which takes longer than all the rest.
    return this.#run('bootstrap', path.dirname(this.#options.outDir), [`aws://${ACCOUNT}/${REGION}`]);
  }

  /** @param detail told which stack is at which resource */
  deploy(detail: (text: string) => void): Promise<void> {
    const { root, auth, openTargets, packageIndexes, decisions, outDir } = this.#options;
    const args = ['--all', '--method=direct', '--require-approval', 'never', '--progress', 'events'];
    const context = [
      '-c',
      'stage=local',
      '-c',
      `settings=${JSON.stringify({ auth, openTargets, packageIndexes, decisions })}`,
      '--output',
      outDir,
    ];
    return this.#run('deploy', root, [...args, ...context], (text) => {
      const [, stack, count] = [...text.matchAll(/^(narae-\S+)\s*\|\s*(\d+(?:\/\d+)?)\s*\|/gm)].at(-1) ?? [];
      if (stack !== undefined) detail(`${stack}: ${count ?? ''}`);
    });
  }

  async #run(
    command: keyof typeof TIME_LIMITS_MS,
    cwd: string,
    args: readonly string[],
    onOutput?: (text: string) => void,
  ): Promise<void> {
    const { root, nodePath, logFile, onStart } = this.#options;
    const cli = path.join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const program = await startProgram({
      name: `cdk ${command}`,
      command: [nodePath, cli, command, ...args, '--no-notices', '--no-color'],
      cwd,
      env: this.#environment(),
      logFile,
      wholeGroup: true,
      ...(onOutput && { onOutput }),
    });
    const done = onStart(program);
    const limit = AbortSignal.timeout(TIME_LIMITS_MS[command]);
    limit.addEventListener('abort', () => void program.stop(STOP_GRACE_MS));
    const end = await program.ended;
    done();
    if (limit.aborted) {
      throw new Error(`cdk ${command} took longer than ${TIME_LIMITS_MS[command] / 1000} s:\n${program.tail()}`);
    }
    if (end.code !== 0) throw new Error(`cdk ${command} failed (${describeEnd(end)}):\n${program.tail(30)}`);
  }

  #environment(): NodeJS.ProcessEnv {
    const { awsEndpoint, proxyUrl, nodePath, root } = this.#options;
    const programs = [path.dirname(nodePath), path.join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''];
    return {
      ...awsEnvironment(process.env),
      ...endpointEnvironment(awsEndpoint),
      PATH: programs.join(path.delimiter),
      CDK_DISABLE_VERSION_CHECK: '1',
      // It would tell a host outside of each command.
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DEFAULT_ACCOUNT: ACCOUNT,
      CDK_DEFAULT_REGION: REGION,
      // CloudFormation's own rules take half of a synthesis. `npm run synth` has them; the emulator does not.
      CDK_VALIDATION: 'false',
      NARAE_LAMBDA_PROXY_URL: proxyUrl,
    };
  }
}
