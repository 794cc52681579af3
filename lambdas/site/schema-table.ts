import { escapeHtml as escape } from './html';

/** As much of JSON Schema as our descriptions use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Whole numbers have these bounds when nobody gave them any. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** The fields of an object as a table; nothing for what has no fields. */
export function schemaTable(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const needed = schema.required?.includes(name) === true && field.default === undefined;
    return (
      `<tr><td><code>${escape(name)}</code>${needed ? ' <small>required</small>' : ''}</td>` +
      `<td>${typeOf(field)}</td><td>${escape([field.description, bounds(field)].filter(Boolean).join(' '))}</td></tr>`
    );
  });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

/** A type in a few words, as HTML: names of schemas are links to them. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = escape(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((value) => `<code>${escape(String(value))}</code>`).join(' ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return escape([schema.type ?? 'anything'].flat().join(' or '));
}

function bounds({ minimum = -NO_BOUND, maximum = NO_BOUND, default: fallback }: Schema): string {
  const range = minimum > -NO_BOUND && maximum < NO_BOUND ? `${minimum} to ${maximum}.` : '';
  return [range, fallback === undefined ? '' : `Default ${JSON.stringify(fallback)}.`].filter(Boolean).join(' ');
}
