import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { AppError, invalid } from '../../platform/http/errors';
import { MAX_BODY_BYTES } from '../../platform/http/json-body';
import { BUILD_LIMITS } from '../limits';

/** A form as it was sent: its fields, and its one file. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly bytes: Buffer };
}

const FILE = 'file';
/** One more than is taken of each, so that what is too much is seen. */
const LIMITS = {
  fieldNameSize: 200,
  fieldSize: BUILD_LIMITS.form.fieldBytes,
  fields: BUILD_LIMITS.form.fields,
  files: 2,
  parts: BUILD_LIMITS.form.fields + 2,
  headerPairs: 50,
};

/**
 * Reads a form that has one file named `file`. An empty field counts as absent: scripts send those that they do not use.
 * @throws AppError `PAYLOAD_TOO_LARGE`, `INVALID_MULTIPART`, `VALIDATION_ERROR`
 */
export async function readForm(contentType: string | undefined, body: Buffer): Promise<Form> {
  refuseTooLarge(body);
  const { fields, files } = await parse(contentType, body);
  const [file, second] = files;
  if (second) throw invalid(FILE, 'file is there twice; one is taken.');
  if (!file) throw invalid(FILE, fields.has(FILE) ? 'file must have a file name.' : 'file is required.');
  if (file.name === '') throw invalid(FILE, 'file must have a file name.');
  if (file.bytes.length === 0) throw invalid(FILE, 'file must not be empty.');
  return { fields: Object.fromEntries(fields), file: { name: file.name, bytes: file.bytes } };
}

/** A form comes to a function as Base64, which counts. */
function refuseTooLarge(body: Buffer): void {
  const maxBytes = (MAX_BODY_BYTES / 4) * 3;
  if (body.length <= maxBytes) return;
  const message = `The form has ${body.length} bytes; at most ${maxBytes} are taken.`;
  throw new AppError('PAYLOAD_TOO_LARGE', message, { details: { maxBytes } });
}

interface Parts {
  readonly fields: Map<string, string>;
  readonly files: { readonly name: string; readonly bytes: Buffer }[];
}

function parse(contentType: string | undefined, body: Buffer): Promise<Parts> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: unknown) => {
      const message = 'The body is not multipart/form-data, or is not all there.';
      reject(new AppError('INVALID_MULTIPART', message, { cause }));
    };
    const busboy = reader(contentType);
    if (!busboy) {
      refuse();
      return;
    }
    const parts: Parts = { fields: new Map(), files: [] };
    busboy.on('file', (field: string, stream: Readable, name: string | undefined) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', refuse);
      stream.on('end', () => {
        if (field === FILE) parts.files.push({ name: name ?? '', bytes: Buffer.concat(chunks) });
      });
    });
    busboy.on('field', (name: string, value: string, nameCut: boolean, valueCut: boolean) => {
      if (nameCut || valueCut)
        reject(invalid(name, `${name} must have at most ${BUILD_LIMITS.form.fieldBytes} bytes.`));
      else if (parts.fields.has(name)) reject(invalid(name, `${name} is there twice; one is taken.`));
      else if (value !== '' || name === FILE) parts.fields.set(name, value);
    });
    for (const limit of ['partsLimit', 'fieldsLimit'] as const)
      busboy.on(limit, () => {
        reject(invalid('body', `body must have at most ${BUILD_LIMITS.form.fields} fields.`));
      });
    busboy.on('error', refuse);
    busboy.on('finish', () => {
      resolve(parts);
    });
    busboy.end(body);
  });
}

function reader(contentType: string | undefined): BusboyInstance | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType ?? '')) return undefined;
  const headers: BusboyHeaders = { 'content-type': contentType ?? '' };
  try {
    return new Busboy({ headers, limits: LIMITS });
  } catch {
    // It names no boundary.
    return undefined;
  }
}
