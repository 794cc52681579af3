import type { UseCases } from '../../platform/http/endpoint';
import type { RunRecord } from '../model';
import { placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { userOf } from '../user';
import { approveRun as approve } from './approve-run';
import { giveFeedback as give } from './give-feedback';

type Cases = UseCases<typeof decisionsRoutes>;

export const approveRun =
  (ports: Ports): Cases['approveRun'] =>
  async ({ params: { run_id }, body }, context) => {
    const said = { userId: userOf(context.headers), comment: body?.comment ?? null };
    return { body: toAnswer(await approve(placeOf('run', run_id, context), said, ports)) };
  };

export const giveFeedback =
  (ports: Ports): Cases['giveFeedback'] =>
  async ({ params: { run_id }, body: { feedback } }, context) => {
    const said = { userId: userOf(context.headers), feedback };
    return { body: toAnswer(await give(placeOf('run', run_id, context), said, ports)) };
  };

const toAnswer = ({ id, status, feedbackIteration, cardId }: RunRecord) => ({
  run_id: id,
  status,
  feedback_iteration: feedbackIteration,
  decision_card_id: cardId,
});
