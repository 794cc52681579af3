import type { RuntimeDescriptor } from '../descriptor';

export const node = {
  name: 'nodejs24',
  language: 'node',
  label: 'Node',
  version: '24',
  defaultHandler: 'index.handler',
  script: 'main.js',
  ending: 'js',
  spellings: /^(?:node|nodejs|node\.js|js|javascript)(?:(?:1\d|2[0-4])(?:\.(?:x|\d+))*)?$/,
  aliases: ['node', 'nodejs', 'javascript', 'js', 'nodejs18', 'nodejs20', 'nodejs22'],
  reservedVariables: ['NODE_OPTIONS'],
} as const satisfies RuntimeDescriptor;
