import type { RecordedCall } from '../../local/recording/recorded-call';
import type { Deployed, FunctionRole } from './deployed';
import { applies, decide, matchesAction, matchesResource, type Request, type Statement } from './policy';
import { requestsOf } from './requests';

export interface Verdict {
  /** What was asked and is not allowed, with the statement that is missing. */
  readonly refused: readonly string[];
  /** What is allowed, `function: action on resource`, and whether a call used it. */
  readonly grants: ReadonlyMap<string, boolean>;
}

/** Judges calls by the policies of who made them. */
export function judge(calls: Iterable<RecordedCall>, stage: Deployed): Verdict {
  const asked = new Map<string, { readonly caller: string; readonly request: Request }>();
  const refused = new Set<string>();
  for (const call of calls) {
    if (!stage.roles.has(call.caller))
      refused.add(`${call.method} ${call.url} is signed by no function: "${call.caller}"`);
    else
      for (const request of requestsOf(call, stage))
        asked.set(JSON.stringify([call.caller, request]), { caller: call.caller, request });
  }
  const used = new Set<string>();
  for (const { caller, request } of asked.values()) {
    const role = stage.roles.get(caller);
    if (!role) continue;
    const problem = problemOf(role, request, stage);
    if (problem !== undefined) refused.add(problem);
    for (const statement of role.statements.filter((one) => one.Effect === 'Allow' && applies(one, request)))
      for (const grant of grantsOf(statement)) if (covers(grant, request)) used.add(nameOf(role, grant, stage));
  }
  const all = [...stage.roles.values()].flatMap((role) =>
    role.statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(grantsOf)
      .map((grant) => nameOf(role, grant, stage)),
  );
  return { refused: [...refused], grants: new Map(all.map((name) => [name, used.has(name)])) };
}

function problemOf({ name, statements }: FunctionRole, request: Request, stage: Deployed): string | undefined {
  const { action, resource, context } = request;
  const decision = decide(statements, request);
  const via = context['kms:ViaService'];
  const condition = via === undefined ? {} : { Condition: { StringEquals: { 'kms:ViaService': via } } };
  if (decision !== 'allowed') {
    const needed = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource, ...condition });
    return `${name}: ${action} on ${stage.label(resource)} is ${decision}; it takes ${needed}`;
  }
  // A key's own policy comes first: what it does not leave to roles, no role has.
  const ofKey = stage.keyPolicies.get(resource);
  if (ofKey && !ofKey.some((one) => one.Effect === 'Allow' && isAccount(one.Principal, stage) && applies(one, request)))
    return `${name}: the policy of ${stage.label(resource)} leaves ${action} to no role`;
  return undefined;
}

const isAccount = (principal: unknown, { account }: Deployed): boolean =>
  JSON.stringify(principal) === JSON.stringify({ AWS: `arn:aws:iam::${account}:root` });

interface Grant {
  readonly action: string;
  readonly resource: string;
  /** The service a key is used through. */
  readonly via: string | undefined;
}

/** A statement, one action on one resource at a time. */
function grantsOf({ Action = [], Resource = [], Condition }: Statement): Grant[] {
  const vias = Condition['StringEquals']?.['kms:ViaService'] ?? [undefined];
  return Action.flatMap((action) => Resource.flatMap((resource) => vias.map((via) => ({ action, resource, via }))));
}

const covers = ({ action, resource, via }: Grant, request: Request): boolean =>
  matchesAction([action], request.action) &&
  matchesResource([resource], request.resource) &&
  (via === undefined || via === request.context['kms:ViaService']);

const nameOf = (role: FunctionRole, { action, resource, via }: Grant, stage: Deployed): string =>
  `${role.name.replace(/^narae-[^-]+-/, '')}: ${action} on ${stage.label(resource)}` +
  (via === undefined ? '' : ` through ${via.split('.')[0] ?? ''}`);
