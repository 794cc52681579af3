import type { Agent, Domain, Finding, Tier } from '../model';
import type { RiskType } from '../rules/risk-rules';
import type { CardTexts, Decided, Judged, MeetingRound, Participant, Question, Remark } from './provider';
import { ENGLISH } from './rules-texts-en';
import { KOREAN } from './rules-texts-ko';
import type { Words } from './rules-words';

const WORDS: Readonly<Record<Question['language'], Words>> = { en: ENGLISH, ko: KOREAN };
const MARK = '[rules]';
const SUBJECT_CODE_POINTS = 60;
const PERSONA_CODE_POINTS = 40;
const STEPS_BY_FINDINGS = 3;

export function decisionText(
  language: Question['language'],
  {
    tier,
    keyFactors,
    domains,
    feedback,
  }: { tier: Tier; keyFactors: readonly string[]; domains: readonly Domain[]; feedback: number },
): string {
  const words = WORDS[language];
  const factors = keyFactors.filter((factor) => factor.includes('='));
  const isLowering = (factor: string): boolean => factor === 'rollback_possible=true';
  const [lowering, raising] = [factors.filter(isLowering), factors.filter((factor) => !isLowering(factor))];
  const sentences = [
    words.decision({ tier, raising, lowering }),
    ...(domains.length === 0 ? [] : [words.domains(domains)]),
    ...(feedback === 0 ? [] : [words.feedback(feedback)]),
  ];
  return `${MARK} ${sentences.join(' ')}`;
}

const isRiskType = (words: Words, risk: string): risk is RiskType => Object.hasOwn(words.risks, risk);

export const recommendationOf = (language: Question['language'], risk: RiskType): string =>
  WORDS[language].risks[risk].recommendation;

/** What an agent says, in two pieces. */
export function reviewTexts(
  language: Question['language'],
  agent: Agent,
  findings: readonly Finding[],
): readonly [string, string] {
  const words = WORDS[language];
  const names = findings.map(({ risk_type }) => nameOf(words, risk_type));
  const [beginning, end] = words.findings(words.agents[agent], names);
  return [`${MARK} ${beginning}`, end];
}

const nameOf = (words: Words, risk: string): string => (isRiskType(words, risk) ? words.risks[risk].name : risk);

export function cardTextsOf({ issue, language, facts, ...decided }: Question & Judged & Decided): CardTexts {
  const words = WORDS[language];
  const { action, score, findings, tier, triggers, ownerName, coReviewerNames } = decided;
  const byWeight = [...findings].sort((a, b) => b.severity - a.severity);
  const [worst] = byWeight;
  const hasNoWayBack = facts.rollbackPossible === false || triggers.includes('IRREVERSIBLE');
  const recommendations = new Set(byWeight.map(({ recommendation }) => recommendation).filter((text) => text !== ''));
  return {
    summary: `${MARK} ${words.summary({
      subject: subjectOf(issue),
      action: words.actions[action],
      score: score.toFixed(1),
      findings: findings.length,
    })}`,
    reasoning: `${MARK} ${words.reasoning({
      tier,
      triggers,
      worst: worst && `${worst.agent} ${nameOf(words, worst.risk_type)} (${worst.severity}/5)`,
      owner: ownerName,
      coReviewers: coReviewerNames,
    })}`,
    rollbackConditions: words.rollback[hasNoWayBack ? 'impossible' : 'possible'],
    nextSteps: [words.confirm(ownerName), ...[...recommendations].slice(0, STEPS_BY_FINDINGS), words.follow],
  };
}

/** What a participant says in a round: names who speaks, as whom, and about what. */
export function remarkText(round: MeetingRound, participant: Participant, perspective: Remark['perspective']): string {
  const persona = beginning(participant.persona, PERSONA_CODE_POINTS);
  const speaker = `${participant.name} (${[participant.role, persona].filter((part) => part !== '').join(', ')})`;
  const variants = WORDS[round.language].remarks[perspective];
  const variant = variants[(round.turn - 1) % variants.length];
  return variant?.(speaker, subjectOf(round.issue)) ?? '';
}

/** The title, or how the text begins. */
const subjectOf = ({ title, text }: Question['issue']): string =>
  beginning(title === null || title.trim() === '' ? text : title, SUBJECT_CODE_POINTS);

function beginning(text: string, most: number): string {
  const points = Array.from(text.trim().replace(/\s+/gu, ' '));
  return points.length <= most
    ? points.join('')
    : `${points
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
