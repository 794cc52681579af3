import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assemble } from './assemble';
import { REPOSITORY } from './bundle';
import { LAMBDA_PYTHON, localPython, madeByPython, pipPackages, pinsOf, type PythonTarget } from './pinned';
import { zipOf } from './zip';

const SOURCES = path.join(REPOSITORY, 'lambdas/toolchain');
/** What checks sources and makes components of them. */
const PINS = pinsOf('toolchain');
const SANDBOX = path.join(REPOSITORY, 'lambdas/sandbox/python');

/**
 * The package of the toolchain: compilers of others, which come as machine code.
 * @param stage a local one runs on this machine, all others on Lambda's
 * @returns the folder that it is made in
 */
export const toolchainPackage = (stage: string): string =>
  packageFor(stage === 'local' ? localPython() : LAMBDA_PYTHON);

const known = new Map<string, string>();

/**
 * What a stage uploads. Local ones are deployed at each start with a new state, and of a folder the CDK makes a zip file
 * each time: they get one that is there. Looked for once per process, since 110 MB are read, and stages share it.
 */
export function toolchainAsset(stage: string): string {
  const machine = stage === 'local' ? 'local' : 'lambda';
  const asset = known.get(machine) ?? (stage === 'local' ? zipOf(toolchainPackage(stage)) : toolchainPackage(stage));
  known.set(machine, asset);
  return asset;
}

function packageFor(target: PythonTarget): string {
  return assemble('toolchain', SOURCES, [
    { from: pipPackages(PINS, target), to: 'packages' },
    { from: stubCache(), to: 'stubs' },
    // What runs a function in a component is what runs it in a sandbox.
    { from: path.join(SANDBOX, 'narae_child'), to: 'component/narae_child' },
    { from: path.join(SANDBOX, 'userlib'), to: 'component' },
  ]);
}

/** Made on this machine, for every machine. */
function stubCache(): string {
  const maker = path.join(SOURCES, 'make_stub_cache.py');
  const packages = pipPackages(PINS, localPython());
  const inputs = [maker, path.join(SOURCES, 'narae_toolchain/type_check.py'), path.join(PINS, 'requirements.txt')];
  return madeByPython(
    'stubs',
    inputs.map((file) => readFileSync(file, 'utf8')),
    (folder) => ['-I', '-B', maker, folder, packages],
  );
}
