import type { Section, Table } from './sections';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly python: string;
  readonly isolation: string;
}

/** What was found as a document; every figure beside its floor. */
export function reportOf(machine: Machine, takenAt: string, sections: readonly Section[]): string {
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; do not edit. The machine is shared and noisy: compare figures within this run, not',
    'between runs. Milliseconds unless said otherwise. Everything runs on this one machine: the emulator, the Lambda',
    'service, the functions and the client share its cores.',
    '',
    `Taken ${takenAt} on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, ` +
      `Python ${machine.python}, isolation ${machine.isolation}.`,
    '',
    ...sections.flatMap(({ title, notes = [], tables }) => [
      `## ${title}`,
      '',
      ...notes.flatMap((note) => [note, '']),
      ...tables.flatMap((table) => [...lines(table), '']),
    ]),
  ].join('\n');
}

function lines({ head, rows }: Table): string[] {
  const line = (parts: readonly string[]): string => `| ${parts.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
