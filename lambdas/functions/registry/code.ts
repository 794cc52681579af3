import * as z from 'zod';
import { utf8 } from '../../platform/text';
import { LIMITS } from '../limits';

/** Source code on its way in and out: Base64 of UTF-8 text (docs/contracts/functions.md#create). */

const STANDARD_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const Code = z
  .string()
  .transform((text, context): string => {
    const decoded = decodeCode(text);
    if ('problem' in decoded) {
      context.addIssue({ code: 'custom', message: decoded.problem });
      return z.NEVER;
    }
    return decoded.source;
  })
  .meta({ description: 'Base64 (standard alphabet, padded) of UTF-8 source, 1 byte to 256 KiB decoded.' });

function decodeCode(text: string): { readonly source: string } | { readonly problem: string } {
  const packed = text.replace(/\s+/g, '');
  if (packed === '') return { problem: 'must not be empty' };
  if (!STANDARD_BASE64.test(packed)) return { problem: 'must be Base64 of the standard alphabet, with its padding' };
  const bytes = Buffer.from(packed, 'base64');
  if (bytes.length > LIMITS.codeBytes) return { problem: `must have at most ${LIMITS.codeBytes} bytes when decoded` };
  const source = utf8(bytes);
  return source === undefined ? { problem: 'must be Base64 of text in UTF-8' } : { source };
}

/** The canonical form that answers carry. */
export const encodeCode = (source: string | Buffer): string => Buffer.from(source).toString('base64');

/** Characters of that form, for the quota. */
export const codeCharsOf = (source: string): number => Math.ceil(Buffer.byteLength(source) / 3) * 4;
