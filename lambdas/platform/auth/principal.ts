import { AppError } from '../http/errors';
import type { Scope } from '../http/route';

/** Who calls, and what they may do. The workspace is part of every partition key. */
export interface Principal {
  /** Name of the key or of the person, for the audit log; never a secret. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
  /** What APIs without a workspace in their paths use (docs/contracts/common.md#credentials). */
  readonly workspace: string;
  readonly workspaces: readonly string[];
  /** Every workspace is open to this caller, those included that nobody has created yet. */
  readonly allWorkspaces: boolean;
  /** Which key it is, for what a key itself is changed by; absent for callers without one. Says nothing of the key. */
  readonly keyHash?: string;
}

/** Whether an API with workspaces in its paths shows this one to the caller; if not, it answers 404, never 403. */
export const maySee = ({ allWorkspaces, workspaces }: Principal, workspace: string): boolean =>
  allWorkspaces || workspaces.includes(workspace);

export const DEFAULT_WORKSPACE = 'ws-default';
export const ALL_SCOPES: readonly Scope[] = ['read', 'run', 'write', 'admin'];

/** Everybody, on a stage with `auth: none`. */
export const ANYBODY: Principal = {
  subject: 'anybody',
  scopes: new Set(ALL_SCOPES),
  workspace: DEFAULT_WORKSPACE,
  workspaces: [DEFAULT_WORKSPACE],
  allWorkspaces: true,
};

/** @throws AppError `FORBIDDEN` */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope) || principal.scopes.has('admin')) return;
  throw new AppError('FORBIDDEN', `This key lacks the scope '${scope}'. Use a key that has it.`, {
    details: { scope },
  });
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** Finds out who calls from lower-case request headers. @throws AppError `UNAUTHENTICATED` */
export type Authenticate = (headers: Headers) => Promise<Principal>;

/**
 * The credential a request carries: `Authorization: Bearer nk_...` or `X-API-Key`
 * (docs/contracts/common.md#credentials).
 */
export function credentialOf(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1];
  return bearer ?? headers['x-api-key']?.trim();
}

export const unauthenticated = (message: string): AppError =>
  new AppError('UNAUTHENTICATED', message, { headers: { 'WWW-Authenticate': 'Bearer realm="narae"' } });
