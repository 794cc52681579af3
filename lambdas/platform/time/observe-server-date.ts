import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoreTime } from './store-time';

/** Has each answer of a store tell its time. */
export function observeServerDate(client: Pick<DynamoDBDocumentClient, 'middlewareStack'>, time: StoreTime): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = time.machine();
      const result = await next(args);
      const date = dateOf(result.response);
      if (date !== undefined) time.note(date, sentAt);
      return result;
    },
    // Beside the wire, where refusals are answers too, each try on its own.
    { name: 'observeServerDate', step: 'deserialize', priority: 'low' },
  );
}

function dateOf(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return undefined;
  return typeof headers.date === 'string' ? headers.date : undefined;
}
