/**
 * Functions sign with the credentials of their role, and have no tokens: bundles get this in place of the SDK's providers of
 * them, which would look for a login on a machine.
 */
export const fromEnvSigningName = (): (() => Promise<never>) => noToken;
export const nodeProvider = (): (() => Promise<never>) => noToken;

const noToken = (): Promise<never> =>
  Promise.reject(new Error('A function has no token, but the role that it signs with'));
