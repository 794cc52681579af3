import type { CallContext, UseCases } from '../platform/http/endpoint';
import { validate } from '../platform/http/validation';
import { BuildAndPushFields, BuildFields } from './contract';
import type { Ports } from './ports';
import { appNameOfTask, safeAppName } from './request/app-name';
import { readForm, type Form } from './request/form';
import { readSource, sourceDigest } from './request/source';
import type { buildsRoutes } from './routes';
import { newTaskId, planPush, submit, workspaceOf, type PlannedPush } from './start-task';

type Routes = UseCases<typeof buildsRoutes>;

/** Form, fields, file type, archive, registry: only then is anything kept (docs/contracts/builds.md#order-of-checks). */
export const build =
  (ports: Ports): Routes['build'] =>
  async ({ body }, context) => {
    const form = await readForm(context.headers['content-type'], body);
    const fields = validate(BuildFields, form.fields);
    const ignored = ignoredOf(form, PUSH_FIELDS, 'nothing is published by a build');
    return { body: await begin('build', { form, fields, ignored, context, ports }) };
  };

export const buildAndPush =
  (ports: Ports): Routes['buildAndPush'] =>
  async ({ body }, context) => {
    const form = await readForm(context.headers['content-type'], body);
    const fields = validate(BuildAndPushFields, form.fields);
    const { registries } = ports;
    const { registry_url } = fields;
    const plan = () =>
      planPush(
        registry_url === undefined || registry_url === null
          ? registries.own
          : registries.placeOf(registry_url, 'registry_url'),
        fields,
      );
    const ignored = ignoredOf(form, ['s3_source_path'], 'what is published is what is built of the file');
    return { body: await begin('build-and-push', { form, fields, ignored, plan, context, ports }) };
  };

const PUSH_FIELDS = ['registry_url', 'username', 'password', 'tag', 's3_source_path', 'app_dir'];

/** Fields of a form that belong to another request, with the reason why they have no effect. */
interface Ignored {
  readonly fields: readonly string[];
  readonly warnings: readonly string[];
}

function ignoredOf({ fields }: Form, names: readonly string[], reason: string): Ignored {
  const sent = names.filter((name) => Object.hasOwn(fields, name));
  // That this one is ignored is what clients expect of it.
  return { fields: sent, warnings: sent.filter((name) => name !== 'app_dir').map((name) => `${name}: ${reason}`) };
}

interface Request {
  readonly form: Form;
  readonly fields: BuildFields;
  readonly ignored: Ignored;
  readonly plan?: () => PlannedPush;
  readonly context: CallContext;
  readonly ports: Ports;
}

async function begin(kind: 'build' | 'build-and-push', { form, fields, ignored, plan, context, ports }: Request) {
  const workspace = workspaceOf(context.principal, fields.workspace_id);
  const { target, type_check: typeCheck, app_name } = fields;
  const { files, module } = await readSource(form.file, target);
  const push = plan?.();
  const id = newTaskId();
  return submit(
    {
      task: {
        id,
        workspace,
        kind,
        target,
        typeCheck,
        appName: app_name === undefined || app_name === null ? appNameOfTask(id) : safeAppName(app_name),
        warnings: [...ignored.warnings, ...(push?.warnings ?? [])],
        ignoredFields: [...ignored.fields, ...(push?.ignoredFields ?? [])],
        upload: { sha256: sourceDigest(files), ...(module !== undefined && { module }) },
        ...(push && { push: push.order }),
      },
      files,
      credentials: push?.credentials,
      message: kind === 'build' ? 'Build queued' : 'Build and push queued',
    },
    ports,
  );
}
