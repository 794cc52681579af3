import { SERVICES } from '../../lambdas/services';
import { authTarget, createKey } from '../support/keys';
import { describeWorkspaces } from './workspaces/checks';

/** Paths of functions name workspaces: test/acceptance-auth/functions.test.ts looks after them. */
// Of builds nothing can be made yet (docs/builds.md): whoever builds that takes it out of here.
const ELSEWHERE = ['functions', 'builds'];

describeWorkspaces(
  SERVICES.filter(({ name }) => !ELSEWHERE.includes(name)),
  async () => ({
    owner: authTarget((await createKey('owner', 'ws-owner', 'read,run,write')).key),
    stranger: authTarget((await createKey('stranger', 'ws-stranger', 'read,run,write')).key),
    nobody: authTarget(),
  }),
);
