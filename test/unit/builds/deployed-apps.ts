import { randomUUID } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { LAMBDA_HANDLER } from '../../../lambdas/builds/adapter/package';
import { LambdaTarget } from '../../../lambdas/builds/lambda-target/lambda-target';
import { lambdaArtifact } from '../../../lambdas/builds/oci/lambda-artifact';
import { postJson } from '../../../lambdas/platform/outbound/post-json';
import { signatureOf, type Signer } from '../../../lambdas/platform/outbound/sign';
import { clientConfig } from '../../../local/aws';
import { zip, type LambdaStack } from '../local/support/lambda-stack';
import { registryAt } from './oci/support';
import { deployable } from './support';

/** Who may call deployed apps. */
export const CALLER: Signer = {
  region: 'us-east-1',
  accessKeyId: 'function.narae-local-functions',
  secretAccessKey: 'test',
};

export interface AppSource {
  readonly code: string;
  readonly others?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Apps as they are deployed: through the registry, by the target itself, called at their addresses. */
export class DeployedApps {
  readonly #stack: LambdaStack;
  readonly #repository: string;
  readonly #target: LambdaTarget;
  readonly #environments = new Map<string, Readonly<Record<string, string>>>();

  private constructor(stack: LambdaStack, repository: string) {
    this.#stack = stack;
    this.#repository = repository;
    this.#target = new LambdaTarget({
      place: {
        prefix: 'narae-local-app_',
        role: 'arn:aws:iam::000000000000:role/apps',
        logGroup: '/narae/local/apps',
        key: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
      },
      lambda: stack.client,
      registry: () => registryAt(stack.awsEndpoint, repository),
      environmentOf: ({ app }) => Promise.resolve(this.#environments.get(app.name) ?? {}),
      report: (message, error) => {
        throw new Error(message, { cause: error });
      },
    });
  }

  static async on(stack: LambdaStack): Promise<DeployedApps> {
    const repository = `apps-${randomUUID()}`;
    const ecr = new ECRClient(clientConfig(stack.awsEndpoint));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
    ecr.destroy();
    return new DeployedApps(stack, repository);
  }

  /** Deploys, or deploys anew. @returns the address */
  async deploy(name: string, { code, others, environment = {}, timeoutSeconds }: AppSource): Promise<URL> {
    this.#environments.set(name, environment);
    const client = registryAt(this.#stack.awsEndpoint, this.#repository);
    const config = { runtime: 'python3.13', handler: LAMBDA_HANDLER, sourceSha256: '00'.repeat(32) };
    const { digest } = await client.push(
      lambdaArtifact(Buffer.from(zip(deployable(code, others))), config),
      randomUUID(),
    );
    client.close();
    const { endpoint } = await this.#target.apply({
      target: 'lambda',
      app: { namespace: 'default', name },
      image: { repository: `registry.example/${this.#repository}`, digest },
      functionId: null,
      workspaceId: null,
      settings: { enableAutoscaling: true, useSpot: false, ...(timeoutSeconds !== undefined && { timeoutSeconds }) },
    });
    return new URL(endpoint ?? '');
  }

  remove(name: string): Promise<'gone' | 'waiting'> {
    return this.#target.remove({ namespace: 'default', name });
  }
}

export async function postTo(url: URL, json: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const call = { url, addresses: ['127.0.0.1'], json, timeoutMs: 60_000, maxBytes: 100_000, headers };
  const { status, body } = await postJson(call);
  return { status, body: JSON.parse(body.toString('utf8')) as unknown };
}

export const signedCall = async (url: URL, json: string, signer = CALLER, now = Date.now()): Promise<Answer> =>
  postTo(url, json, await signatureOf(url, json, signer, now));
