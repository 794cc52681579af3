import { cursorCodec } from '../platform/http/cursor';
import { fittingReply } from '../platform/http/reply-bytes';

/** The id of a page's last item. */
export const cursors = cursorCodec<number>(
  (id) => `after ${id}`,
  (text) => {
    const id = Number(/^after (\d{1,15})$/.exec(text)?.[1] ?? Number.NaN);
    return Number.isSafeInteger(id) ? id : undefined;
  },
);

/**
 * An array as a reply: as many of the items as one can carry, and where to go on, if there are more
 * (docs/contracts/callbacks.md#endpoints). One item always fits: DynamoDB takes 400 KB.
 */
export function pageReply<T>(items: readonly T[], more: boolean, idOf: (item: T) => number) {
  const body = fittingReply(items);
  const last = body.at(-1);
  const goesOn = last !== undefined && (more || body.length < items.length);
  return { body, ...(goesOn && { headers: { 'X-Next-Cursor': cursors.write(idOf(last)) } }) };
}
