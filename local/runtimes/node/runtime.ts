import path from 'node:path';
import type { LocalRuntime } from '../runtime';

const RUNTIME_CLIENT = path.join('aws-lambda-ric', 'index.mjs');
const PRELOAD = path.join(__dirname, '../../lambda/runtime/preload.mjs');

export const node: LocalRuntime = {
  label: 'Node',
  lambdaPrefix: 'nodejs',
  isUserCode: false,
  command: ({ handler, memoryMb, wrapper, nodePath, nodeModules }) => {
    const wrapped = wrapper === undefined ? [] : [wrapper];
    // As Lambda's own bootstrap does: the collector must know the limit before the memory is used up.
    const heap = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
    return [...wrapped, nodePath, heap, '--import', PRELOAD, path.join(nodeModules, RUNTIME_CLIENT), handler];
  },
  findInterpreter: (_environment, nodePath) =>
    Promise.resolve({ path: nodePath, version: process.versions.node, needs: [nodePath] }),
  variables: () => ({}),
  comesUp: ['-p', '"isolated"'],
  indexVariable: 'NARAE_NODE_INDEX',
  help: [['NARAE_NODE_INDEX', 'registry of npm packages for callbacks (default: what npm is configured with)']],
};
