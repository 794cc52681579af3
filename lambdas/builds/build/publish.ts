import type { OciArtifact } from '../oci/artifact';
import { PushDenied, RegistryError } from '../oci/errors';
import type { CredentialsSource } from '../oci/credentials';
import { lambdaArtifact } from '../oci/lambda-artifact';
import type { Pushed } from '../oci/registry-client';
import { spinArtifact } from '../oci/spin-artifact';
import { LAMBDA_HANDLER, LAMBDA_RUNTIME } from '../adapter/package';
import type { TaskResult } from '../contract';
import type { CredentialStore } from '../request/credentials';
import type { PushOrder, TaskFailure, TaskRecord } from '../task/task';

/** Pushes an artifact. @param credentials absent: the role's own, at this account's registry */
export type Publish = (
  place: PushOrder,
  tag: string,
  artifact: OciArtifact,
  credentials: CredentialsSource | undefined,
) => Promise<Pushed>;

const TAG_DIGITS = 12;

/** Where it is now, and a line for who follows the task. */
interface Published {
  readonly place: Pick<TaskResult, 'image_url' | 'image_uri' | 'digest'>;
  readonly line: string;
}

/** Publishes what a build made (docs/contracts/builds.md#push, #tags). */
export async function publish(
  task: TaskRecord,
  source: TaskRecord,
  bytes: Buffer,
  ports: { readonly publish: Publish; readonly credentials: CredentialStore },
): Promise<TaskFailure | Published> {
  if (!task.push) throw new Error(`Task ${task.id} has nothing to publish`);
  const sourceSha256 = source.upload?.sha256 ?? '';
  const chosen = task.kind === 'push' ? sourceSha256.slice(0, TAG_DIGITS) : `task-${task.id}`;
  const tag = task.push.tag ?? chosen;
  const artifact =
    source.target === 'lambda'
      ? lambdaArtifact(bytes, { runtime: LAMBDA_RUNTIME, handler: LAMBDA_HANDLER, sourceSha256 })
      : spinArtifact({ name: source.appName, component: 'app', wasm: bytes });
  const pair = task.push.hasCredentials ? await ports.credentials.get(task.id) : undefined;
  const own = task.push.ownEcr ? undefined : () => Promise.resolve(pair);
  try {
    const { digest, uploaded } = await ports.publish(task.push, tag, artifact, own);
    const image = `${task.push.host}/${task.push.repository}:${tag}`;
    const line = `published ${image}, ${uploaded === 0 ? 'nothing was uploaded' : `${uploaded} blobs uploaded`}`;
    return { place: { image_url: image, image_uri: image, digest }, line };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { code: error instanceof PushDenied ? 'PUSH_DENIED' : 'PUSH_ERROR', message: error.message };
  }
}
