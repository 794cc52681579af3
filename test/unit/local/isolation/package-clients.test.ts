import { npmrcOf, pipVariables } from '../../../../local/isolation/package-clients';

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
