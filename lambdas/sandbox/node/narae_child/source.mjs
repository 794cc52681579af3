/** The user's file: written, recognized as CommonJS or ES module, loaded. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];
/** What V8 says only of code that is meant as an ES module. */
const MODULE_SYNTAX =
  /^(?:Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta'|await is only valid)/;
const CHECK_TIMEOUT_MS = 5_000;

/** The file does not parse; `cause` is what the compiler threw, `line` where, if that is known. */
export class DoesNotParse extends Error {
  constructor(file, cause, line) {
    super(cause.message, { cause });
    this.file = file;
    this.line = line;
  }
}

/**
 * Writes the file into the working directory and prepares what it is.
 * @returns `{file, load}`: its name, and a function that runs it
 * @throws DoesNotParse if it is neither CommonJS nor an ES module
 */
export function prepare(codeBase64, moduleName) {
  const code = decode(codeBase64, moduleName);
  const file = `${moduleName}.js`;
  let failure;
  try {
    // A relative name, so that stacks say main.js; the working directory is where it is.
    const body = vm.compileFunction(code, PARAMETERS, {
      filename: file,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    writeFileSync(file, code);
    return { file, isModule: false, ...commonJs(path.resolve(file), body) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (!MODULE_SYNTAX.test(error.message)) failure = new DoesNotParse(file, error, lineOf(error.stack, file));
  }
  if (failure) {
    const kind = kindBeyondCommonJs(code);
    if (kind === 'none') throw failure;
    if (kind === 'module') failure = undefined;
  }
  const moduleFile = path.resolve(`${moduleName}.mjs`);
  writeFileSync(moduleFile, code);
  return { file: path.basename(moduleFile), isModule: true, start: () => importModule(moduleFile, failure) };
}

/**
 * What code is that does not compile as CommonJS, for the reason that Node itself looks for: `console.log(await 1)`, or
 * names of its own that CommonJS has, are errors there that say nothing of modules. In an async function they are none.
 * @returns `module`: it says so by its syntax; `perhaps`: it may be one; `none`
 */
function kindBeyondCommonJs(code) {
  try {
    // Compiled only. It may close the function by itself; then the import tells that it does not parse.
    new vm.Script(`'use strict'; (async function () {${code.replace(/^#!/, '//')}\n})`);
    return 'perhaps';
  } catch (error) {
    return MODULE_SYNTAX.test(error.message) ? 'module' : 'none';
  }
}

function decode(codeBase64, moduleName) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(codeBase64, 'base64'));
  } catch {
    throw new DoesNotParse(`${moduleName}.js`, new SyntaxError('The file is not UTF-8'), undefined);
  }
}

/** `module` as the file sees it, and `start()`, which runs the file and returns what it exports. */
function commonJs(filename, body) {
  const folder = path.dirname(filename);
  const module = new Module(filename, undefined);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(folder);
  return {
    module,
    bound() {
      const require = createRequire(filename);
      require.cache[filename] = module;
      return body.bind(module.exports, module.exports, require, module, filename, folder);
    },
    start() {
      this.bound()();
      module.loaded = true;
      return module.exports;
    },
  };
}

/** @param failure what it did not compile as CommonJS for, if it may have been meant as that */
async function importModule(file, failure) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!isParseError(error)) throw error;
    const { parses, line } = check(file);
    if (parses) throw error; // it is about what the file imports, perhaps long after its start
    throw failure ?? new DoesNotParse(path.basename(file), error, line);
  }
}

/** Tells the compiler's errors of ES modules from other SyntaxErrors that running code throws, by who made them. */
const isParseError = (error) =>
  error instanceof SyntaxError && /^\s+at compileSourceTextModule /.test(error.stack?.split?.('\n')[1] ?? '');

/** The compiler keeps file and line of an ES module's error to itself until Node prints it. */
function check(file) {
  const options = { encoding: 'utf8', timeout: CHECK_TIMEOUT_MS, stdio: ['ignore', 'ignore', 'pipe'] };
  const { status, stderr } = spawnSync(process.execPath, ['--check', file], options);
  return { parses: status === 0, line: lineOf(stderr ?? '', path.basename(file)) };
}

/** From text that begins with `main.js:3`. */
function lineOf(text, file) {
  const first = text.split('\n', 1)[0] ?? '';
  const [, line] = /:(\d+)$/.exec(first) ?? [];
  return line !== undefined && first.includes(file) ? Number(line) : undefined;
}
