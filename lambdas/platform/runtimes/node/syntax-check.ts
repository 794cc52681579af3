/** CommonJS first, as most code is; an ES module is parsed by another process, because only a file can be checked so. */
export const syntaxCheck = `
const describe = (name, message, line) => name + ': ' + message + (line ? ' (line ' + line + ')' : '');
Promise.all(['node:fs', 'node:vm', 'node:child_process', 'node:path', 'node:os'].map((name) => import(name))).then(
  ([fs, vm, { spawnSync }, path, os]) => {
    const source = fs.readFileSync(0, 'utf8');
    const asScript = () => {
      try {
        vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: 'index.js' });
        return null;
      } catch (error) {
        return describe(error.name, error.message, /^index\\.js:(\\d+)/.exec(error.stack)?.[1]);
      }
    };
    const asModule = () => {
      const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'check-')), 'index.mjs');
      fs.writeFileSync(file, source);
      const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
      if (status === 0) return null;
      const line = /index\\.mjs:(\\d+)/.exec(stderr)?.[1];
      const [, name, message] = /^(\\w*Error): (.*)$/m.exec(stderr) ?? [undefined, 'SyntaxError', 'it cannot be parsed'];
      return describe(name, message, line);
    };
    let error = asScript();
    if (error !== null) {
      const moduleError = asModule();
      const isModule = moduleError === null || /import statement|'import.meta'|token 'export'|await is only/.test(error);
      if (isModule) error = moduleError;
    }
    console.log(JSON.stringify({ error }));
  },
);
`;
