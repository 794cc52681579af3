import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipOf } from '../../../lib/bundle/zip';
import { readZip } from '../../../local/lambda/unzip';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'narae-zip-'));
  const made = path.join(folder, 'made');
  mkdirSync(path.join(made, 'inside'), { recursive: true });
  writeFileSync(path.join(made, 'inside', 'data'), 'x'.repeat(10_000));
  writeFileSync(path.join(made, 'serve'), '#!/bin/sh\n');
  chmodSync(path.join(made, 'serve'), 0o755);
  chmodSync(path.join(made, 'inside', 'data'), 0o644);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder becomes a zip file with what is in it and who may execute it', () => {
  const files = readZip(readFileSync(zipOf(path.join(folder, 'made'))));
  expect(files.map(({ name, mode, content }) => [name, mode, content.length])).toEqual([
    ['inside/data', 0o644, 10_000],
    ['serve', 0o755, 10],
  ]);
});

test('equal content gives equal bytes, whenever and wherever it was written', () => {
  const [one, two] = [path.join(folder, 'made'), path.join(folder, 'copied')];
  cpSync(one, two, { recursive: true });
  utimesSync(path.join(two, 'serve'), 1_000_000_000, 1_000_000_000);
  expect(readFileSync(zipOf(one)).equals(readFileSync(zipOf(two)))).toBe(true);
});

test('what is there is not made again', () => {
  const file = zipOf(path.join(folder, 'made'));
  writeFileSync(file, 'there');
  expect(readFileSync(zipOf(path.join(folder, 'made')), 'utf8')).toBe('there');
});
