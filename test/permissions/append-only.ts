import * as z from 'zod';
import type { RecordedCall } from '../../local/recording/recorded-call';

/**
 * Entries of the audit log of decisions are put once, under a key that is new, and never touched again
 * (docs/contracts/decisions.md#resources). The head, by which they are numbered, moves on.
 */

const AUDIT = /#DECISION_AUDIT$|#DECISION#[^#]+#AUDIT$/;
const ENTRY = /^E#/;
const HEAD = 'HEAD';

const Text = z.looseObject({ S: z.string().optional() }).optional();
const Key = z.looseObject({ pk: Text, sk: Text });
const Write = z.looseObject({
  Item: Key.optional(),
  Key: Key.optional(),
  ConditionExpression: z.string().optional(),
});
type Write = z.output<typeof Write>;
const Body = z.looseObject({
  TransactItems: z.array(z.record(z.string(), Write)).default([]),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
});
const BatchWrites = z.array(z.looseObject({ PutRequest: Write.optional(), DeleteRequest: Write.optional() }));

/** A write, and how it was asked for: `Put`, `Update`, `Delete`, `ConditionCheck`, or a request of a batch. */
type Asked = readonly [kind: string, write: Write];

/** @returns what was done to the audit log that is no new entry, and the number of entries that were put */
export function auditWrites(calls: Iterable<RecordedCall>): { readonly wrong: string[]; readonly entries: number } {
  const wrong: string[] = [];
  let entries = 0;
  for (const call of calls)
    for (const [kind, write] of writesOf(call)) {
      const { pk, sk } = write.Item ?? write.Key ?? {};
      if (!AUDIT.test(pk?.S ?? '')) continue;
      const isEntry = ENTRY.test(sk?.S ?? '');
      if (kind === 'Put' && isEntry && write.ConditionExpression === 'attribute_not_exists(pk)') entries += 1;
      else if (!(kind === 'Put' && sk?.S === HEAD && write.ConditionExpression !== undefined))
        wrong.push(
          `${call.caller}: ${kind} of ${pk?.S ?? ''} ${sk?.S ?? ''} if ${write.ConditionExpression ?? 'ever'}`,
        );
    }
  return { wrong, entries };
}

function writesOf({ service, headers, body }: RecordedCall): Asked[] {
  const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
  if (service !== 'dynamodb' || !/Write|^(?:Put|Update|Delete)Item$/.test(operation)) return [];
  const json: unknown = JSON.parse(Buffer.from(body ?? '', 'base64').toString('utf8'));
  if (!/Write/.test(operation)) return [[operation, Write.parse(json)]];
  const { TransactItems, RequestItems } = Body.parse(json);
  return [
    ...TransactItems.flatMap((item) => Object.entries(item)),
    ...Object.values(RequestItems).flatMap((requests) =>
      BatchWrites.parse(requests).flatMap((request) =>
        Object.entries(request).flatMap(([kind, write]): Asked[] => [[kind, Write.parse(write)]]),
      ),
    ),
  ];
}
