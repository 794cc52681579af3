import { PERSPECTIVES, type Remark } from '../providers/provider';
import type { IssueInput } from '../model';
import { languageOf } from '../rules/words';

/** What somebody said in a round. */
export interface Said extends Remark {
  readonly turn: number;
  readonly speaker: string;
  readonly role: string;
}

const KO: Readonly<Record<Remark['perspective'], string>> = {
  supportive: '찬성',
  neutral: '중립',
  concerned: '우려',
  critical: '반대',
};

/** What a meeting came to, counted: who spoke, and how they saw it. */
export function summaryOf(issue: Pick<IssueInput, 'title' | 'text'>, said: readonly Said[], turns: number): string {
  const speakers = [...new Set(said.map(({ speaker }) => speaker))].join(', ');
  const counts = PERSPECTIVES.map(
    (name) => [name, said.filter(({ perspective }) => perspective === name).length] as const,
  );
  const heard = counts.filter(([, count]) => count > 0);
  if (languageOf(issue) === 'ko')
    return `${speakers} 참석, ${turns}회 진행: ${heard.map(([name, count]) => `${KO[name]} ${count}건`).join(', ')}`;
  return `${speakers} spoke in ${turns} rounds: ${heard.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
