import type { TargetName } from './artifact';

/** Settings of a deployment, of which each target takes what it knows (docs/contracts/builds.md#requests). */
export interface DeploymentSettings {
  /** Absent: the target's own default. */
  readonly memoryMb?: number;
  readonly timeoutSeconds?: number;
  /**
   * Kubernetes quantities as they are to be applied. Requests that nobody gave are absent; the target lowers its default
   * to a given limit.
   */
  readonly cpuLimit?: string;
  readonly memoryLimit?: string;
  readonly cpuRequest?: string;
  readonly memoryRequest?: string;
  readonly replicas?: number;
  readonly enableAutoscaling: boolean;
  readonly useSpot: boolean;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly affinity?: Readonly<Record<string, unknown>>;
  readonly serviceAccount?: string;
}

/**
 * A deployment as decided: who, what, with which settings. All of it is plain JSON, so that a state machine can carry it;
 * never secrets: environment values are read from the function's record by whoever applies it.
 */
export interface Deployment {
  readonly target: TargetName;
  readonly app: { readonly namespace: string; readonly name: string };
  /** host/repository, and sha256:... of the manifest. */
  readonly image: { readonly repository: string; readonly digest: string };
  readonly functionId: string | null;
  readonly workspaceId: string | null;
  readonly settings: DeploymentSettings;
}

/** How far a deployment is. */
export interface Applied {
  readonly state: 'ready' | 'waiting';
  /** Where the app answers; null as long as that is not known. */
  readonly endpoint: string | null;
  readonly warnings: readonly string[];
}

/**
 * One place where apps run. Every method is idempotent and returns within 60 s; the state machine calls again while it
 * says `waiting`.
 */
export interface DeployTarget {
  /** @throws TargetRefused, TargetUnavailable */
  apply(deployment: Deployment): Promise<Applied>;
  /** @throws TargetRefused, TargetUnavailable */
  remove(app: Deployment['app']): Promise<'gone' | 'waiting'>;
}

/** The target understood and said no (502 `DEPLOY_ERROR`). Its message is for the caller to read. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/** The target is not configured, or does not answer (503 `TARGET_UNAVAILABLE`). */
export class TargetUnavailable extends Error {
  override readonly name = 'TargetUnavailable';
}

/** The target has something of that name that is not of this platform (409 `APP_NAME_CONFLICT`). */
export class AppNameTaken extends Error {
  override readonly name = 'AppNameTaken';
}

/** The target has no such namespace (400 `NAMESPACE_NOT_FOUND`). */
export class NamespaceMissing extends Error {
  override readonly name = 'NamespaceMissing';
}
