import type { Examples } from '../platform/manifest';

/** What the builds API is sent and answers. */

const REPOSITORY = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/narae-apps';
const SOURCE = 's3://narae-data/build-sources/ws-Lk2p9aTx/b7Yd2KqWm4/';

const TASK = {
  task_id: 'b7Yd2KqWm4',
  status: 'completed',
  stage: 'finished',
  error: null,
  error_code: null,
  app_name: 'stockwatch',
  target: 'lambda',
  result: {
    wasm_path: null,
    image_url: `${REPOSITORY}:task-b7Yd2KqWm4`,
    image_uri: `${REPOSITORY}:task-b7Yd2KqWm4`,
    file_path: SOURCE,
    artifact: {
      kind: 'lambda-zip',
      path: 's3://narae-data/build-artifacts/b7Yd2KqWm4/app.zip',
      sha256: '5f0c7d0f5c0a2f0f3b1d6a7e8c9b0a1d2e3f405162738495a6b7c8d9e0f1a2b3',
      bytes: 2148,
    },
    digest: 'sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9',
  },
  workspace_id: 'ws-Lk2p9aTx',
  created_at: '2026-11-21T01:30:00.000Z',
  updated_at: '2026-11-21T01:30:11.874Z',
  warnings: [],
  ignored_fields: [],
};

export const buildsExamples: Examples = {
  BuildTask: TASK,
  BuildTaskList: { workspace_id: 'ws-Lk2p9aTx', tasks: [TASK], count: 1 },
  BuildResponse: {
    task_id: 'b7Yd2KqWm4',
    status: 'pending',
    message: 'Build and push queued',
    source_s3_path: SOURCE,
    target: 'lambda',
    ignored_fields: [],
    warnings: [],
  },
  PushRequest: { registry_url: REPOSITORY, tag: 'v4', workspace_id: 'ws-Lk2p9aTx', s3_source_path: SOURCE },
  ScaffoldRequest: { image_ref: `${REPOSITORY}:v4`, component: 'api', replicas: 2 },
  ScaffoldResponse: {
    success: true,
    file_path: null,
    error: null,
    ignored_fields: [],
    warnings: [],
    yaml_content:
      'apiVersion: core.spinkube.dev/v1alpha1\nkind: SpinApp\nmetadata:\n  name: narae-apps\nspec:\n' +
      `  image: "${REPOSITORY}:v4"\n  executor: containerd-shim-spin\n  replicas: 2\n  components:\n    - api\n`,
  },
  AppDeployRequest: {
    app_name: 'Stock Watch',
    namespace: 'default',
    image_ref: `${REPOSITORY}:task-b7Yd2KqWm4`,
    function_id: 'fn-Vb6cR1sH',
  },
  DeployResponse: {
    app_name: 'stockwatch',
    namespace: 'default',
    service_name: 'stockwatch',
    service_status: 'found',
    endpoint: 'https://q3example.lambda-url.ap-northeast-2.on.aws/',
    enable_autoscaling: true,
    use_spot: false,
    error: null,
    target: 'lambda',
    ignored_fields: [],
    warnings: [],
  },
};
