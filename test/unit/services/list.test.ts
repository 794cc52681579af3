import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { STATUS_BY_CODE } from '../../../lambdas/platform/http/errors';
import { folderOf } from '../../../lambdas/platform/manifest';
import { SERVICES } from '../../../lambdas/services';
import { servedBy } from '../../support/served-routes';

const REPOSITORY = path.resolve(__dirname, '../../..');
const LAMBDAS = path.join(REPOSITORY, 'lambdas');

test('every folder with a manifest is in the list of services', () => {
  const folders = readdirSync(LAMBDAS).filter(
    (name) => name !== 'platform' && existsSync(path.join(LAMBDAS, name, 'manifest.ts')),
  );
  expect(SERVICES.map(folderOf).sort()).toEqual(folders.map((name) => `lambdas/${name}`).sort());
});

test('the functions that manifests describe have their entries', () => {
  const entries = SERVICES.flatMap((service) => [
    ...(service.api ? [`${folderOf(service)}/api.lambda.ts`] : []),
    ...(service.workers ?? []).map(({ name }) => `${folderOf(service)}/${name}.lambda.ts`),
  ]);
  expect(entries.length).toBeGreaterThan(7);
  expect(entries.filter((entry) => !existsSync(path.join(REPOSITORY, entry)))).toEqual([]);
});

test('no two services share a name, an operation or a route', () => {
  const twice = (all: readonly string[]) => all.filter((one, index) => all.indexOf(one) !== index);
  expect(twice(SERVICES.map(({ name }) => name))).toEqual([]);
  expect(twice(servedBy(SERVICES).map(({ operation }) => operation))).toEqual([]);
  expect(twice(servedBy(SERVICES).map(({ route }) => `${route.method} ${route.path}`))).toEqual([]);
});

test('each code of an error is of the platform or of the one service that answers with it', () => {
  const own = SERVICES.flatMap(({ errors = {} }) => Object.keys(errors));
  expect(own.length).toBeGreaterThan(25);
  const all = [...Object.keys(STATUS_BY_CODE), ...own];
  expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([]);
  const unknown = SERVICES.flatMap(({ name, routes, errors = {} }) =>
    Object.values(routes)
      .flatMap((route) => route.errors)
      .filter((code) => !(code in STATUS_BY_CODE) && !(code in errors))
      .map((code) => `${name}: ${code}`),
  );
  expect(unknown).toEqual([]);
});
