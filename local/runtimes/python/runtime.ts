import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LocalRuntime } from '../runtime';
import { findPython } from './interpreter';
import { looksAround } from './look';

/** Runs the code of functions that bring no runtime of their own, which is what users deployed: isolated. */
const USERS_RUNTIME = path.join(__dirname, '../../lambda/runtime/python_runtime.py');
const VARIABLE = 'NARAE_PYTHON';
const COMPILE_TIMEOUT_MS = 60_000;

export const python: LocalRuntime = {
  label: 'Python',
  lambdaPrefix: 'python',
  isUserCode: true,
  command: ({ wrapper, environment }) => {
    const program = environment[VARIABLE] ?? 'python3';
    if (wrapper === undefined) return [program, '-I', '-S', '-B', USERS_RUNTIME];
    // The wrapper decides itself what it starts; it gets what Lambda would have started.
    return [wrapper, program, '/var/runtime/bootstrap.py'];
  },
  /** Without a look at the sources' times: a package never changes. One that does not compile says so when it is run. */
  prepare: async (folder, environment) => {
    const program = environment[VARIABLE];
    if (program === undefined) return;
    const compile = ['-I', '-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', folder];
    await promisify(execFile)(program, compile, { timeout: COMPILE_TIMEOUT_MS }).catch(() => undefined);
  },
  findInterpreter: findPython,
  variables: (interpreter) => ({ [VARIABLE]: interpreter.path }),
  comesUp: ['-I', '-S', '-c', 'print("isolated")'],
  looksAround,
  indexVariable: 'NARAE_PYTHON_INDEX',
  help: [
    [VARIABLE, 'Python for user code (default: 3.13 where there is one)'],
    ['NARAE_PYTHON_INDEX', 'index of Python packages for callbacks (default: what pip is configured with)'],
  ],
};
