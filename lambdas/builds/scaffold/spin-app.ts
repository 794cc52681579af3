import { Document, Scalar } from 'yaml';

/** What the manifest of a SpinApp says (docs/contracts/builds.md#scaffold). */
export interface SpinAppManifest {
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly component: string | null;
}

/**
 * The manifest as YAML text. Written as YAML 1.1, which Kubernetes reads: there `no` and `on` are booleans, and strings that
 * look so are quoted.
 */
export function spinAppYaml({ name, image, replicas, component }: SpinAppManifest): string {
  const quoted = new Scalar(image);
  quoted.type = Scalar.QUOTE_DOUBLE;
  const document = new Document(
    {
      apiVersion: 'core.spinkube.dev/v1alpha1',
      kind: 'SpinApp',
      metadata: { name },
      spec: {
        image: quoted,
        executor: 'containerd-shim-spin',
        replicas,
        ...(component !== null && { components: [component] }),
      },
    },
    { version: '1.1' },
  );
  return document.toString({ lineWidth: 0, directives: false });
}
