import { target } from '../support/api';
import { smoke } from '../smoke/smoke';

/** The gate after a deployment (docs/deploy.md, "A pipeline"). */

test('a stage that works passes each check', async () => {
  const said: string[] = [];
  const findings = await smoke(target(), ({ name }) => said.push(name));
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(said).toEqual(findings.map(({ name }) => name));
  expect(said).toContain('a Python run and its stream');
}, 180_000);

test('where nothing answers every check fails, and says why', async () => {
  // Port 9 of this machine is nobody's.
  const findings = await smoke({ url: 'http://127.0.0.1:9', key: 'nk_none' }, () => undefined);
  expect(findings.map(({ ok }) => ok)).not.toContain(true);
  expect(findings).toHaveLength(6);
  for (const { problem } of findings) expect(problem).toMatch(/fetch failed|bad port|ECONNREFUSED/);
});
