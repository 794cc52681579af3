import { unexplainedVariables, withTables } from '../../../bin/architecture/tables';
import { SERVICES } from '../../../lambdas/services';
import { notesManifest } from '../../fixtures/services/notes/manifest';

const PLACE =
  'Before.\n<!-- Made by `npm run tables` of the manifests of services. -->\nold\n<!-- End of what is made. -->\nAfter.\n';

test('a service of the list is in the tables, with its functions and alarms', () => {
  const text = withTables(PLACE, [...SERVICES, notesManifest]);
  expect(text).toMatch(/^Before\.\n[\s\S]*\nAfter\.\n$/);
  expect(text).not.toContain('outdated row');
  expect(text).toContain('| `notes` | Texts of a workspace | `/api/notes` | [sweeping-given-up](runbook.md#sweeping');
  expect(text).toContain(
    '| `test/fixtures/services/notes/sweeper.lambda.ts` | `notes-sweeper` | events, with 1 retries, then the dead-letter',
  );
  expect(withTables(text, [...SERVICES, notesManifest])).toBe(text);
});

test('a document without a place for them is refused', () => {
  expect(() => withTables('nothing', SERVICES)).toThrow('has no place');
});

test('a variable that no table explains is named', () => {
  expect(unexplainedVariables('| `NARAE_OTHER` | what it is |', [notesManifest])).toEqual(['NARAE_SWEEPER_FUNCTION']);
  expect(unexplainedVariables('| `NARAE_SWEEPER_FUNCTION` | its name |', [notesManifest])).toEqual([]);
});
