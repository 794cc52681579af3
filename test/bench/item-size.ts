import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Bytes of an item as DynamoDB counts them, from its JSON form: names and values, three more for lists and maps. */
export const itemBytes = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      // Two digits a byte, and one for the rest; zeros at either end do not count.
      return Math.ceil(String(content).replace(/^-|\.|^0+|0+$/g, '').length / 2) + 1;
    case 'L':
      return 3 + (content as AttributeValue[]).reduce((sum, one) => sum + 1 + valueBytes(one), 0);
    case 'M':
      return 3 + itemBytes(content as Record<string, AttributeValue>) + Object.keys(content as object).length;
    default:
      return 1;
  }
}
