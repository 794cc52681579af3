import type { RuntimeDescriptor } from '../descriptor';

export const python = {
  name: 'python3.13',
  language: 'python',
  label: 'Python',
  version: '3.13',
  defaultHandler: 'main.handler',
  script: 'main.py',
  ending: 'py',
  spellings: /^py(?:thon)?(?:3(?:\.x|\.(?:\d|1[0-4]))?)?$/,
  aliases: ['python', 'py', 'python3', 'python3.10', 'python3.11', 'python3.12'],
  reservedVariables: ['PYTHONPATH'],
} as const satisfies RuntimeDescriptor;
