import {
  createConfiguration,
  KubernetesObjectApi,
  PatchStrategy,
  ServerConfiguration,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { Manifest } from './manifests';
import { asTargetError, isMissing } from './failures';

/** One request; an apply makes a few of them within the 60 s that a target has. */
const REQUEST_TIMEOUT_MS = 5_000;

/** The API server of a cluster. Every method throws what a target throws (../deploy-target.ts). */
export class Cluster {
  readonly #api: KubernetesObjectApi;

  constructor(kubeConfig: KubeConfig) {
    const server = kubeConfig.getCurrentCluster()?.server ?? '';
    this.#api = new KubernetesObjectApi(
      createConfiguration({
        baseServer: new ServerConfiguration(server, {}),
        authMethods: { default: kubeConfig },
        promiseMiddleware: [
          {
            pre: (request) => {
              request.setSignal(AbortSignal.timeout(REQUEST_TIMEOUT_MS));
              return Promise.resolve(request);
            },
            post: (response) => Promise.resolve(response),
          },
        ],
      }),
    );
  }

  /** @returns undefined where there is none of that name */
  read(named: Manifest): Promise<KubernetesObject | undefined> {
    return this.#asking(
      this.#api.read(objectOf(named)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
    );
  }

  /** Makes it so that what the manifest says is so, and what this manager said before and does not say now is not. */
  apply(manifest: Manifest, manager: string): Promise<KubernetesObject> {
    return this.#asking(
      this.#api.patch(objectOf(manifest), undefined, undefined, manager, true, PatchStrategy.ServerSideApply),
    );
  }

  /** @returns whether there was one */
  delete(named: Manifest): Promise<boolean> {
    return this.#asking(
      this.#api.delete(objectOf(named)).then(
        () => true,
        (error: unknown) => {
          if (isMissing(error)) return false;
          throw error;
        },
      ),
    );
  }

  async #asking<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw asTargetError(error);
    }
  }
}

/** As the client wants it, which takes anything with a name for an object. */
const objectOf = ({ metadata, ...rest }: Manifest) => ({ ...rest, metadata: { ...metadata } });
