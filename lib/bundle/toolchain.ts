import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assemble } from './assemble';
import { REPOSITORY } from './bundle';
import { LAMBDA_PYTHON, localPython, madeByPython, PINNED, pinnedPython, type PythonTarget } from './pinned';

const SOURCES = path.join(REPOSITORY, 'lambdas/toolchain');
const SANDBOX = path.join(REPOSITORY, 'lambdas/sandbox/python');

/**
 * The package of the toolchain: compilers of others, which come as machine code.
 * @param stage a local one runs on this machine, all others on Lambda's
 * @returns the folder that becomes the function's zip
 */
export function toolchainPackage(stage: string): string {
  const target: PythonTarget = stage === 'local' ? localPython() : LAMBDA_PYTHON;
  return assemble('toolchain', SOURCES, [
    { from: pinnedPython(PINNED.toolchain, target), to: 'packages' },
    { from: stubCache(), to: 'stubs' },
    // What runs a function in a component is what runs it in a sandbox.
    { from: path.join(SANDBOX, 'narae_child'), to: 'component/narae_child' },
    { from: path.join(SANDBOX, 'userlib'), to: 'component' },
  ]);
}

/** Made on this machine, for every machine. */
function stubCache(): string {
  const maker = path.join(SOURCES, 'make_stub_cache.py');
  const packages = pinnedPython(PINNED.toolchain, localPython());
  const inputs = [
    maker,
    path.join(SOURCES, 'narae_toolchain/type_check.py'),
    path.join(PINNED.toolchain, 'requirements.txt'),
  ];
  return madeByPython(
    'stubs',
    inputs.map((file) => readFileSync(file, 'utf8')),
    (folder) => ['-I', '-B', maker, folder, packages],
  );
}
