import { findByRules } from '../rules/risk-rules';
import { countPoints } from '../rules/initial-decision';
import { perspectiveOf } from '../rules/perspective';
import {
  ProviderFailed,
  type Call,
  type CardTexts,
  type InitialDecision,
  type MeetingRound,
  type Provider,
  type Remark,
  type Review,
} from './provider';
import { cardTextsOf, decisionText, recommendationOf, remarkText, reviewTexts } from './rules-texts';

/** Judges by tables and formulas, in no time and without a model. */
export const rulesProvider: Provider = {
  name: 'rules',

  async decide({ facts, language, feedback }, call): Promise<InitialDecision> {
    const { tier, path, keyFactors } = countPoints(facts);
    const reasoning = decisionText(language, { tier, keyFactors, domains: facts.domains, feedback: feedback.length });
    return { tier, path, keyFactors, reasoning, last: await sayAllButLast(piecesOf(reasoning), call) };
  },

  async review({ agent, facts, triggers, language }, call): Promise<Review> {
    const findings = findByRules(agent, facts, triggers).map((one) => ({
      ...one,
      recommendation: recommendationOf(language, one.risk_type),
    }));
    return { findings, last: await sayAllButLast(reviewTexts(language, agent, findings), call) };
  },

  compose(question, call): Promise<CardTexts> {
    expectWanted(call);
    return Promise.resolve(cardTextsOf(question));
  },

  converse(round: MeetingRound, call): Promise<readonly Remark[]> {
    expectWanted(call);
    const remarks = round.participants.map((participant, index): Remark => {
      const perspective = perspectiveOf(round, index, participant);
      return { perspective, text: remarkText(round, participant, perspective) };
    });
    return Promise.resolve(remarks);
  },
};

const PIECE_CODE_POINTS = 40;

/** A text in pieces of 40 code points; in two halves where that would be one. */
export function piecesOf(text: string): readonly string[] {
  const points = Array.from(text);
  const size = points.length > PIECE_CODE_POINTS ? PIECE_CODE_POINTS : Math.max(1, Math.ceil(points.length / 2));
  const count = Math.ceil(points.length / size);
  return Array.from({ length: count }, (_, index) => points.slice(index * size, (index + 1) * size).join(''));
}

async function sayAllButLast(pieces: readonly string[], call: Call): Promise<string> {
  for (const piece of pieces.slice(0, -1)) {
    expectWanted(call);
    await call.onText(piece);
  }
  return pieces.at(-1) ?? '';
}

function expectWanted({ signal }: Call): void {
  if (signal.aborted) throw new ProviderFailed('The time for this was over', { kind: 'timeout', recoverable: true });
}
