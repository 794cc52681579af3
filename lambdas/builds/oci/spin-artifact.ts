import { blobOf, IMAGE_CONFIG_TYPE, jsonBytes, ociArtifact, type Manifest, type OciArtifact } from './artifact';

/** A Spin application with one HTTP component, in the layout that Spin itself pushes and pulls. */

const WASM_TYPE = 'application/vnd.wasm.content.layer.v1+wasm';
/** Environment and context of the function, as JSON (lambdas/toolchain/component). */
export const SETTINGS_VARIABLE = 'narae_settings';
const APPLICATION_TYPE = 'application/vnd.fermyon.spin.application.v1+config';

export interface SpinApplication {
  readonly name: string;
  /** Id of the component. */
  readonly component: string;
  readonly wasm: Buffer;
  /** What the component answers. Absent: everything. */
  readonly route?: string;
}

export function spinArtifact({ name, component, wasm, route = '/...' }: SpinApplication): OciArtifact {
  const source = blobOf(WASM_TYPE, wasm);
  const application = blobOf(
    APPLICATION_TYPE,
    jsonBytes({
      spin_lock_version: 0,
      metadata: { name, version: '0.1.0', trigger: { type: 'http' }, triggers: { http: {} } },
      // What differs between deployments of one component; a deployment says it (lambdas/builds/spin-target).
      variables: { [SETTINGS_VARIABLE]: { default: '{}', secret: true } },
      triggers: [
        {
          id: `trigger--${component}`,
          trigger_type: 'http',
          trigger_config: { component, executor: null, route },
        },
      ],
      components: [
        {
          id: component,
          metadata: {},
          source: { content_type: 'application/wasm', digest: source.descriptor.digest },
          config: { [SETTINGS_VARIABLE]: `{{ ${SETTINGS_VARIABLE} }}` },
        },
      ],
    }),
  );
  const config = blobOf(
    IMAGE_CONFIG_TYPE,
    jsonBytes({
      architecture: 'wasm',
      os: 'Wasip1',
      config: { Labels: { 'com.fermyon.spin.lockedAppDigest': application.descriptor.digest } },
      rootfs: { type: 'layers', diff_ids: [] },
    }),
  );
  return ociArtifact({
    config,
    layers: [source, application],
    annotations: { 'org.opencontainers.image.title': name },
  });
}

/** The layer of the component; undefined if the manifest is of something else. */
export const wasmLayerOf = (manifest: Manifest): Manifest['layers'][number] | undefined =>
  manifest.layers.some(({ mediaType }) => mediaType === APPLICATION_TYPE)
    ? manifest.layers.find(({ mediaType }) => mediaType === WASM_TYPE)
    : undefined;
