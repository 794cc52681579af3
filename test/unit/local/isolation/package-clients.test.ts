import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { venvOf } from '../../../../local/emulator/ministack';
import { npmrcOf, pipVariables, readPackageClients } from '../../../../local/isolation/package-clients';

test('the clients themselves are asked, with their files and variables', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'narae-clients-'));
  const [npmrc, pipConf, cafile] = ['npmrc', 'pip.conf', 'ca.pem'].map((name) => path.join(home, name));
  writeFileSync(npmrc ?? '', 'registry=https://mirror.example/npm/\n//mirror.example/npm/:_authToken=secret\n');
  writeFileSync(pipConf ?? '', '[global]\nindex-url = https://mirror.example/simple/\n');
  try {
    const { environment, readable } = await readPackageClients(
      path.join(venvOf(path.resolve(__dirname, '../../../..')), 'bin', 'python'),
      {
        ...{ PATH: process.env['PATH'], HOME: home, PIP_CONFIG_FILE: pipConf, PIP_CERT: cafile },
        ...{ npm_config_userconfig: npmrc, HTTPS_PROXY: 'http://proxy.example:3128', OTHER: 'not for them' },
      },
    );
    expect(environment).toMatchObject({
      PIP_INDEX_URL: 'https://mirror.example/simple/',
      HTTPS_PROXY: 'http://proxy.example:3128',
    });
    expect(environment['NARAE_NPMRC']?.split('\n')).toEqual(
      expect.arrayContaining(['registry=https://mirror.example/npm/', '//mirror.example/npm/:_authToken=secret']),
    );
    expect(Object.keys(environment)).not.toContain('OTHER');
    expect(readable).toContain(cafile);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

describe('what pip is configured with', () => {
  test('becomes the variables that mean the same', () => {
    const listed = [
      "global.index-url='https://user:pa%24s@mirror.example/simple'",
      "global.extra-index-url='\\nhttps://one.example/\\nhttps://two.example/'",
      "global.no-input='true'",
      "install.index-url='https://install.example/simple'",
      "list.format='columns'",
      ":env:.cert='/etc/ssl/mine.pem'",
    ].join('\n');
    expect(pipVariables(listed)).toEqual({
      PIP_INDEX_URL: 'https://install.example/simple',
      PIP_EXTRA_INDEX_URL: 'https://one.example/ https://two.example/',
      PIP_CERT: '/etc/ssl/mine.pem',
    });
  });

  test('may be nothing', () => {
    expect(pipVariables('')).toEqual({});
  });
});

describe('what npm is configured with', () => {
  test('becomes lines of an npmrc, with credentials that npm itself does not tell', () => {
    const options = {
      registry: 'https://mirror.example/npm/',
      '@team:registry': 'https://team.example/',
      'strict-ssl': true,
      proxy: null,
      prefix: '/usr',
    };
    const files = ['//mirror.example/npm/:_authToken=${TOKEN}\n; a comment\ninit-author-name=me\n', ''];
    expect(npmrcOf(options, files, { TOKEN: 'secret' }).split('\n')).toEqual([
      'registry=https://mirror.example/npm/',
      '@team:registry=https://team.example/',
      'strict-ssl=true',
      '//mirror.example/npm/:_authToken=secret',
    ]);
  });
});
