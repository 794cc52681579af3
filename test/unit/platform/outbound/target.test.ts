import { isPublicAddress } from '../../../../lambdas/platform/outbound/address';
import { AddressNotAllowed, NameNotFound, resolveTarget } from '../../../../lambdas/platform/outbound/resolve';
import { openTargets, readTarget } from '../../../../lambdas/platform/outbound/target';
import { FORBIDDEN_URLS, hostileAnswers, hostileHosts, LOCAL_NAMES } from './spellings';

const NOTHING_OPEN = openTargets('');

test('refuses every spelling of an internal address, and knows several hundred', () => {
  const hosts = hostileHosts();
  expect(hosts.length).toBeGreaterThan(600);
  expect(hosts.filter((host) => 'url' in readTarget(`http://${host}/run`))).toEqual([]);
  expect(hosts.filter((host) => 'url' in readTarget(`https://${host}:8443/run?x=1#y`))).toEqual([]);
});

test('refuses every internal address that a resolver may answer', () => {
  const answers = hostileAnswers();
  expect(answers.length).toBeGreaterThan(200);
  expect(answers.filter(isPublicAddress)).toEqual([]);
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '52.95.110.1',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
])('lets %s pass, which is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(LOCAL_NAMES)('refuses the name %s, which never leaves a network', (name) => {
  expect(readTarget(`http://${name}/`)).toHaveProperty('problem');
});

test.each(FORBIDDEN_URLS)('refuses %j', (url) => {
  expect(readTarget(url)).toHaveProperty('problem');
});

test.each([
  'http://shop.example/run',
  'https://orders.shop.example:8443/a?b=c',
  'http://8.8.8.8/',
  'http://[2606:4700::1111]/',
])('takes %s', (url) => {
  expect(readTarget(url)).toHaveProperty('url');
});

test('an opened host and port may be called, another port of it may not', () => {
  const open = openTargets('127.0.0.1:8080, [::1]:9000');
  expect(readTarget('http://127.0.0.1:8080/x', open)).toHaveProperty('url');
  expect(readTarget('http://2130706433:8080/x', open)).toHaveProperty('url');
  expect(readTarget('http://[::1]:9000/x', open)).toHaveProperty('url');
  expect(readTarget('http://127.0.0.1:8081/x', open)).toHaveProperty('problem');
});

test('one internal address among public ones refuses the name', async () => {
  const url = new URL('http://shop.example/');
  const answers = (addresses: string[]) => resolveTarget(url, NOTHING_OPEN, () => Promise.resolve(addresses));
  await expect(answers(['93.184.216.34', '10.0.0.5'])).rejects.toThrow(AddressNotAllowed);
  await expect(answers(['93.184.216.34', '::ffff:169.254.169.254'])).rejects.toThrow(AddressNotAllowed);
  await expect(answers(['93.184.216.34', '2606:4700::1111'])).resolves.toHaveLength(2);
});

test('a name without addresses, or without a resolver, cannot be found', async () => {
  const url = new URL('http://shop.example/');
  await expect(resolveTarget(url, NOTHING_OPEN, () => Promise.resolve([]))).rejects.toThrow(NameNotFound);
  await expect(resolveTarget(url, NOTHING_OPEN, () => Promise.reject(new Error('ENOTFOUND')))).rejects.toThrow(
    NameNotFound,
  );
});
