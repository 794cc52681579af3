import { stricterPath, stricterTier } from '../rules/safety-check';
import { countPoints } from '../rules/initial-decision';
import { CardAnswer, DecisionAnswer, ReviewAnswer, roundAnswer } from './answers';
import { askModel } from './ask-model';
import type { Model } from './model';
import {
  asData,
  composePrompt,
  conversePrompt,
  decidedData,
  decidePrompt,
  judgedData,
  questionData,
  reviewPrompt,
  roundData,
} from './prompts';
import type { Provider } from './provider';

/**
 * A provider that asks a model. What it may say is in the schemas of answers: tier and path of the first decision, findings,
 * and texts. Fields that nobody asked for are dropped. It may raise what the points of `rules` say and not lower it: an issue
 * that talks a model into `LOW` gains nothing (docs/adr/0034-model-providers.md).
 */
export const modelProvider = (model: Model): Provider => ({
  name: model.name,

  async decide(question, call) {
    const ask = {
      system: decidePrompt(question),
      data: asData(questionData(question)),
      name: 'decision',
      answer: DecisionAnswer,
      told: { field: 'reasoning', of: ({ reasoning }: { reasoning: string }) => reasoning },
    };
    const { answer, last } = await askModel(model, ask, call);
    const { risk_tier, execution_path, reasoning, key_factors } = answer;
    const least = countPoints(question.facts);
    const tier = stricterTier(risk_tier, least.tier);
    const path = stricterPath(execution_path, least.path);
    const isRaised = tier !== risk_tier || path !== execution_path;
    return { tier, path, reasoning, keyFactors: isRaised ? [...key_factors, ...least.keyFactors] : key_factors, last };
  },

  async review(question, call) {
    const ask = {
      system: reviewPrompt(question),
      data: asData({ ...questionData(question), decided: judgedData(question) }),
      name: 'review',
      answer: ReviewAnswer,
      told: { field: 'message', of: ({ message }: { message: string }) => message },
    };
    const { answer, last } = await askModel(model, ask, call);
    return { findings: answer.findings, last };
  },

  async compose(question, call) {
    const ask = {
      system: composePrompt(question),
      data: asData({ ...questionData(question), decided: decidedData(question) }),
      name: 'card',
      answer: CardAnswer,
    };
    const { summary, reasoning, rollback_conditions, next_steps } = (await askModel(model, ask, call)).answer;
    return { summary, reasoning, rollbackConditions: rollback_conditions, nextSteps: next_steps };
  },

  async converse(round, call) {
    const ask = {
      system: conversePrompt(round),
      data: asData(roundData(round)),
      name: 'round',
      answer: roundAnswer(round.participants.length),
    };
    return (await askModel(model, ask, call)).answer.remarks;
  },
});
