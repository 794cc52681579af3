import type { UseCases } from '../../platform/http/endpoint';
import { parseImageReference } from '../request/image-reference';
import type { buildsRoutes } from '../routes';
import { spinAppYaml } from './spin-app';

/** Writes a manifest of its input, and touches nothing (docs/contracts/builds.md#scaffold). */
export const scaffold: UseCases<typeof buildsRoutes>['scaffold'] = ({ body }) => {
  const image = parseImageReference(body.image_ref);
  const told = { ignored_fields: isGiven(body.output_path) ? ['output_path'] : [], warnings: [], file_path: null };
  if (!image) {
    const error = 'image_ref is not an OCI image reference';
    return Promise.resolve({ body: { success: false, yaml_content: null, error, ...told } });
  }
  const yaml = spinAppYaml({
    name: labelOf(image.path),
    image: body.image_ref,
    replicas: body.replicas ?? 1,
    component: body.component ?? null,
  });
  return Promise.resolve({ body: { success: true, yaml_content: yaml, error: null, ...told } });
};

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** The last part of an image's path as a DNS label: at most 63 lower-case letters, digits and `-`. */
export function labelOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return last
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
