import { AppError, invalid } from '../../platform/http/errors';
import type { TargetName } from '../artifact';
import { ImageNotFound, PushDenied, RegistryError } from '../oci/errors';
import { zipLayerOf } from '../oci/lambda-artifact';
import type { OpenRegistry } from '../oci/open-registry';
import { wasmLayerOf } from '../oci/spin-artifact';
import { parseImageReference } from '../request/image-reference';
import type { Registries, RegistryPlace } from '../request/registries';

/** What is deployed: a tag is resolved once, and all goes by the digest from then on. */
export interface ResolvedImage {
  /** host/repository where it really is. */
  readonly repository: string;
  readonly digest: string;
  /** What the artifact says that it is for; undefined if it was not built here. */
  readonly kind: TargetName | undefined;
}

interface ImagePorts {
  readonly registries: Registries;
  readonly openRegistry: OpenRegistry;
}

/** @throws AppError `VALIDATION_ERROR`, `REGISTRY_NOT_ALLOWED`; no connection is made */
export function placeOfImage(image: string, registries: Registries): RegistryPlace & { readonly reference: string } {
  const parsed = parseImageReference(image);
  if (parsed === undefined) throw invalid('image_ref', 'image_ref is not an OCI image reference');
  const { repository, tag, digest } = parsed;
  return { ...registries.placeOf(repository, 'image_ref'), reference: digest ?? tag ?? 'latest' };
}

/** @throws AppError `VALIDATION_ERROR`, `REGISTRY_NOT_ALLOWED`, `IMAGE_NOT_FOUND`, `DEPLOY_ERROR`, `TARGET_UNAVAILABLE` */
export async function resolveImage(image: string, { registries, openRegistry }: ImagePorts): Promise<ResolvedImage> {
  const { reference, ...place } = placeOfImage(image, registries);
  const registry = openRegistry(place);
  try {
    const { digest, manifest } = await registry.readManifest(reference);
    const kind = zipLayerOf(manifest) ? 'lambda' : wasmLayerOf(manifest) ? 'spin' : undefined;
    return { repository: `${place.host}/${place.repository}`, digest, kind };
  } catch (error) {
    throw asRefusal(error);
  } finally {
    registry.close();
  }
}

/** docs/contracts/builds.md#deploy-choosing-the-target */
export function targetOf(asked: TargetName | null | undefined, { kind }: ResolvedImage): TargetName {
  if (asked && kind !== undefined && asked !== kind)
    throw invalid('target', `target must be ${kind}: that is what the image was built for`);
  return asked ?? kind ?? 'spin';
}

function asRefusal(error: unknown): unknown {
  if (error instanceof ImageNotFound)
    return new AppError('IMAGE_NOT_FOUND', 'The registry has no such image.', { details: { field: 'image_ref' } });
  if (error instanceof PushDenied)
    return new AppError('DEPLOY_ERROR', 'The registry does not let the platform read the image.', { cause: error });
  if (error instanceof RegistryError)
    return new AppError('TARGET_UNAVAILABLE', 'The image cannot be read from its registry.', { cause: error });
  return error;
}
