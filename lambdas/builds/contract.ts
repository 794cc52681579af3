import * as z from 'zod';
import { utf8Bytes, WELL_FORMED, WITHOUT_NUL } from '../engine/contract';
import { TARGETS } from './artifact';
import { BUILD_LIMITS } from './limits';

/** Shapes of the builds API (docs/contracts/builds.md#resources). */

const Text = z
  .string()
  .max(BUILD_LIMITS.textChars)
  .refine(...WELL_FORMED)
  .refine(...WITHOUT_NUL);

export const WorkspaceId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, _ or -, beginning with a letter or a digit',
});
/** Absent: the workspace of the credential, which is `ws-default` where none is asked for. */
const Workspace = WorkspaceId.nullish();

const AppName = z
  .string()
  .max(BUILD_LIMITS.appNameChars)
  .refine(...WELL_FORMED)
  .nullish();

export const TargetName = z.enum(TARGETS);
const TYPE_CHECKS = ['warn', 'strict', 'off'] as const;

/** `sha256`, empty and absent are the wish to have one chosen. */
const Tag = z
  .string()
  .regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/, {
    error: 'must be 1 to 128 letters, digits, _ . or -, beginning with a letter, a digit or _',
  })
  .nullish()
  .transform((tag) => (tag === undefined || tag === null || tag === '' || tag === 'sha256' ? null : tag));

const Credential = z
  .string()
  .refine((text) => utf8Bytes(text) <= 16 * 1024, { error: 'must have at most 16384 bytes' })
  .nullish();

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DnsLabel = z.string().regex(DNS_LABEL, {
  error: 'must be 1 to 63 lower-case letters, digits or -, beginning and ending with a letter or a digit',
});

const Quantity = z
  .string()
  .max(40)
  .regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)?$/, {
    error: 'must be a Kubernetes quantity such as 500m or 400Mi',
  })
  .nullish();

const Replicas = z.int().min(BUILD_LIMITS.replicas.min).max(BUILD_LIMITS.replicas.max).nullish();

const buildFields = {
  app_name: AppName,
  workspace_id: Workspace,
  target: TargetName.nullish().transform((target) => target ?? 'lambda'),
  type_check: z
    .enum(TYPE_CHECKS)
    .nullish()
    .transform((mode) => mode ?? 'warn'),
};

/** Fields of a form beside its file. */
export const BuildFields = z.object(buildFields);
export type BuildFields = z.output<typeof BuildFields>;

export const BuildAndPushFields = z.object({
  ...buildFields,
  registry_url: Text.nullish(),
  username: Credential,
  password: Credential,
  tag: Tag,
  app_dir: Text.nullish(),
});
export type BuildAndPushFields = z.output<typeof BuildAndPushFields>;

/** The forms as they are sent, where nothing is null, for the description of the API. */
const sentFields = {
  file: z.file().meta({ description: 'One file named *.py or *.zip.' }),
  app_name: z.string().max(200).optional(),
  workspace_id: WorkspaceId.optional(),
  target: TargetName.optional(),
  type_check: z.enum(TYPE_CHECKS).optional(),
};
export const BuildForm = z.object(sentFields).meta({ id: 'BuildForm' });
export const BuildAndPushForm = z
  .object({
    ...sentFields,
    registry_url: z.string().optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    tag: z.string().optional(),
    app_dir: z.string().optional().meta({ description: 'Accepted, always ignored.' }),
  })
  .meta({ id: 'BuildAndPushForm' });

export const PushRequest = z
  .object({
    registry_url: Text.min(1),
    username: Credential,
    password: Credential,
    tag: Tag,
    workspace_id: Workspace,
    target: TargetName.nullish(),
    s3_source_path: Text.min(1).meta({
      description: 'A source_s3_path of the same workspace, or the address of a file below it.',
    }),
    app_dir: Text.nullish().meta({ description: 'Accepted, always ignored.' }),
  })
  .meta({ id: 'PushRequest' });
export type PushRequest = z.output<typeof PushRequest>;

export const ScaffoldRequest = z
  .object({
    image_ref: Text,
    component: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, {
        error: 'must be 1 to 63 lower-case letters, digits or -, beginning with a letter',
      })
      .nullish(),
    replicas: Replicas,
    output_path: Text.nullish().meta({ description: 'Accepted, always ignored.' }),
  })
  .meta({ id: 'ScaffoldRequest' });
export type ScaffoldRequest = z.output<typeof ScaffoldRequest>;

export const DeployRequest = z
  .object({
    app_name: AppName,
    namespace: DnsLabel,
    image_ref: Text.min(1),
    target: TargetName.nullish(),
    replicas: Replicas,
    service_account: DnsLabel.nullish(),
    cpu_limit: Quantity,
    memory_limit: Quantity,
    cpu_request: Quantity,
    memory_request: Quantity,
    enable_autoscaling: z.boolean().nullish(),
    use_spot: z.boolean().nullish(),
    custom_tolerations: z.array(z.record(z.string(), z.unknown())).max(100).nullish(),
    custom_affinity: z.record(z.string(), z.unknown()).nullish(),
    function_id: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, {
        error: 'must be 1 to 63 letters, digits, - _ or ., beginning and ending with a letter or a digit',
      })
      .nullish(),
  })
  .meta({ id: 'AppDeployRequest' });
export type DeployRequest = z.output<typeof DeployRequest>;

const Time = z.iso.datetime({ precision: 3 });
const told = { ignored_fields: z.array(z.string()), warnings: z.array(z.string()) };

export const BuildResponse = z
  .object({
    task_id: z.string(),
    status: z.literal('pending'),
    message: z.string(),
    source_s3_path: z.string().nullable(),
    target: TargetName,
    ...told,
  })
  .meta({ id: 'BuildResponse' });
export type BuildResponse = z.output<typeof BuildResponse>;

export const TASK_ERRORS = [
  'SPIN_TOML_MISSING',
  'NO_ENTRY_POINT',
  'SYNTAX_ERROR',
  'TYPE_CHECK_FAILED',
  'DEPENDENCY_ERROR',
  'BUILD_ERROR',
  'BUILD_TIMEOUT',
  'PUSH_DENIED',
  'PUSH_ERROR',
] as const;
export type TaskErrorCode = (typeof TASK_ERRORS)[number];

export const TaskResult = z.object({
  wasm_path: z.string().nullable(),
  image_url: z.string().nullable(),
  image_uri: z.string().nullable(),
  file_path: z.string(),
  artifact: z.object({
    kind: z.enum(['lambda-zip', 'spin-oci']),
    path: z.string(),
    sha256: z.string(),
    bytes: z.int(),
  }),
  digest: z.string().optional().meta({ description: "Of the published artifact's manifest." }),
});
export type TaskResult = z.output<typeof TaskResult>;

export const Task = z
  .object({
    task_id: z.string(),
    status: z.enum(['pending', 'running', 'completed', 'failed']),
    stage: z.enum(['queued', 'checking', 'building', 'pushing', 'finished']),
    result: TaskResult.nullable(),
    error: z.string().nullable(),
    error_code: z.enum(TASK_ERRORS).nullable(),
    app_name: z.string(),
    target: TargetName,
    workspace_id: z.string(),
    created_at: Time,
    updated_at: Time,
    ...told,
  })
  .meta({ id: 'BuildTask' });
export type Task = z.output<typeof Task>;

export const TaskList = z
  .object({ workspace_id: z.string(), tasks: z.array(Task), count: z.int() })
  .meta({ id: 'BuildTaskList' });

export const ScaffoldResponse = z
  .object({
    success: z.boolean(),
    yaml_content: z.string().nullable(),
    file_path: z.null(),
    error: z.string().nullable(),
    ...told,
  })
  .meta({ id: 'ScaffoldResponse' });
export type ScaffoldResponse = z.output<typeof ScaffoldResponse>;

export const DeployResponse = z
  .object({
    app_name: z.string(),
    namespace: z.string(),
    service_name: z.string(),
    service_status: z.enum(['found', 'pending']),
    endpoint: z.string().nullable(),
    enable_autoscaling: z.boolean(),
    use_spot: z.boolean(),
    error: z.null(),
    target: TargetName,
    ...told,
  })
  .meta({ id: 'DeployResponse' });
export type DeployResponse = z.output<typeof DeployResponse>;
