import { SERVICES } from '../../lambdas/services';
import { authTarget, createKey } from '../support/keys';
import { describeWorkspaces } from './workspaces/checks';

/** Paths of functions name workspaces: test/acceptance-auth/functions.test.ts looks after them. */
const ELSEWHERE = ['functions'];

describeWorkspaces(
  SERVICES.filter(({ name }) => !ELSEWHERE.includes(name)),
  async () => ({
    owner: authTarget((await createKey('owner', 'ws-owner', 'read,run,write')).key),
    stranger: authTarget((await createKey('stranger', 'ws-stranger', 'read,run,write')).key),
    nobody: authTarget(),
  }),
);
