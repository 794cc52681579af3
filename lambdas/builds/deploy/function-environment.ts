import type { Envelope } from '../../engine';
import type { Deployment } from '../deploy-target';
import type { FunctionRows } from './function-row';

/** Environment values of the function that is deployed; none of an id that is of no function. */
export const environmentOf =
  (functions: FunctionRows, envelope: Envelope) =>
  async ({ functionId, workspaceId }: Deployment): Promise<Readonly<Record<string, string>>> => {
    if (functionId === null || workspaceId === null) return {};
    const row = await functions.find(workspaceId, functionId);
    return row?.env ? envelope.open(functionId, row.env) : {};
  };
