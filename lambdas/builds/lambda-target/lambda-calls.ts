import {
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  type LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { found } from './failures';
import { ARCHITECTURES, configurationOf, type Network, type Wanted } from './wanted';

/** What callers reach: it is moved when a version is ready to take its calls. */
export const LIVE = 'live';

/** Network of a function of the platform: asked for each time, because it may change while its name stays. */
export async function networkOf(lambda: LambdaClient, name: string | undefined): Promise<Network> {
  const { VpcConfig } =
    name === undefined ? {} : await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  return { SubnetIds: VpcConfig?.SubnetIds ?? [], SecurityGroupIds: VpcConfig?.SecurityGroupIds ?? [] };
}

/** Lambda's API for the one function of an app. */
export class AppFunction {
  readonly #lambda: LambdaClient;

  constructor(
    lambda: LambdaClient,
    readonly name: string,
  ) {
    this.#lambda = lambda;
  }

  /** @param qualifier a version or an alias; absent: what is published next */
  configuration(qualifier?: string) {
    const Qualifier = qualifier === undefined ? {} : { Qualifier: qualifier };
    return found(this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName: this.name, ...Qualifier })));
  }

  async create(wanted: Wanted, mark: string): Promise<void> {
    await this.#lambda.send(
      new CreateFunctionCommand({
        FunctionName: this.name,
        ...configurationOf(wanted),
        Description: mark,
        Architectures: ARCHITECTURES,
        PackageType: 'Zip',
        Code: { ZipFile: await wanted.image.zip() },
        Tags: { 'narae:app': wanted.deployment.app.name, 'narae:namespace': wanted.deployment.app.namespace },
      }),
    );
  }

  async updateCode({ image }: Wanted): Promise<void> {
    await this.#lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: this.name,
        ZipFile: await image.zip(),
        Architectures: ARCHITECTURES,
      }),
    );
  }

  async updateConfiguration(wanted: Wanted, mark: string): Promise<void> {
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: this.name,
        ...configurationOf(wanted),
        Description: mark,
      }),
    );
  }

  /** Publishes what is there, if that is the code that is wanted. Published again, it is the same version. */
  async publish({ image }: Wanted, mark: string): Promise<string> {
    const { Version } = await this.#lambda.send(
      new PublishVersionCommand({ FunctionName: this.name, CodeSha256: image.codeSha256, Description: mark }),
    );
    return Version ?? '';
  }

  /** The version that callers reach. */
  async live(): Promise<string | undefined> {
    const alias = await found(this.#lambda.send(new GetAliasCommand({ FunctionName: this.name, Name: LIVE })));
    return alias?.FunctionVersion;
  }

  async moveLive(version: string, from: string | undefined): Promise<void> {
    const alias = { FunctionName: this.name, Name: LIVE, FunctionVersion: version };
    if (from === undefined) await this.#lambda.send(new CreateAliasCommand(alias));
    else await this.#lambda.send(new UpdateAliasCommand(alias));
  }

  /** The address of what callers reach; who calls it signs. */
  async url(): Promise<string> {
    const live = { FunctionName: this.name, Qualifier: LIVE };
    const there = await found(this.#lambda.send(new GetFunctionUrlConfigCommand(live)));
    const { FunctionUrl } =
      there ??
      (await this.#lambda.send(
        new CreateFunctionUrlConfigCommand({ ...live, AuthType: 'AWS_IAM', InvokeMode: 'BUFFERED' }),
      ));
    return FunctionUrl ?? '';
  }

  /** Published versions, oldest first; the newest page of them at least. */
  async versions(): Promise<readonly string[]> {
    const { Versions = [] } = await this.#lambda.send(new ListVersionsByFunctionCommand({ FunctionName: this.name }));
    return Versions.flatMap(({ Version = '' }) => (/^\d+$/.test(Version) ? [Version] : []));
  }

  /** With all its versions, alias and address; or one version. */
  async remove(version?: string): Promise<void> {
    const Qualifier = version === undefined ? {} : { Qualifier: version };
    await found(this.#lambda.send(new DeleteFunctionCommand({ FunctionName: this.name, ...Qualifier })));
  }
}
