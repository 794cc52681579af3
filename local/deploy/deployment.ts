import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientConfig } from '../aws';
import type { StackOutputs } from '../system/state-folder';
import { Cdk, type CdkOptions } from './cdk';
import { fingerprint } from './fingerprint';
import { DeployMarker } from './marker';
import { readOutputs } from './stacks';

/** Puts the CDK app into the emulator, and knows when that is not needed. */
export class Deployment {
  readonly #options: CdkOptions;
  /** What beside the sources decides about the outcome. */
  readonly #settings: unknown;

  readonly #cdk: Cdk;
  readonly #marker: DeployMarker;

  constructor(options: CdkOptions, settings: unknown) {
    this.#options = options;
    this.#settings = settings;

    this.#cdk = new Cdk(options);
    this.#marker = new DeployMarker(options.awsEndpoint);
  }

  /** The outputs of what is deployed, where it is what the sources say now; undefined where it must be deployed. */
  async current(): Promise<StackOutputs | undefined> {
    const wanted = await this.#fingerprint();
    if ((await this.#marker.read()) !== wanted) return undefined;
    const outputs = await readOutputs(this.#options.awsEndpoint);
    return Object.keys(outputs).length > 0 ? outputs : undefined;
  }

  /** Whether the emulator lacks what the CDK needs. */
  async needsBootstrap(): Promise<boolean> {
    const client = new CloudFormationClient(clientConfig(this.#options.awsEndpoint));
    try {
      await client.send(new DescribeStacksCommand({ StackName: Cdk.toolkitStack }));
      return false;
    } catch {
      return true;
    } finally {
      client.destroy();
    }
  }

  bootstrap(): Promise<void> {
    return this.#cdk.bootstrap();
  }

  /** Deploys everything. Throws with the last output where it fails or takes too long. */
  async deploy(detail: (text: string) => void): Promise<StackOutputs> {
    const wanted = await this.#fingerprint();
    // A deployment that breaks off leaves something that no sources describe.
    await this.#marker.write('unfinished');
    await this.#cdk.deploy(detail);
    const outputs = await readOutputs(this.#options.awsEndpoint);
    await this.#marker.write(wanted);
    return outputs;
  }

  close(): void {
    this.#marker.close();
  }

  #fingerprint(): Promise<string> {
    const { root, proxyUrl, awsEndpoint } = this.#options;
    return fingerprint(root, { proxyUrl, awsEndpoint, settings: this.#settings });
  }
}
