import type { Operation, Parameter, Schema } from '../../testing/http/example-requests.ts';

export type Schemas = Readonly<Record<string, Schema>>;

/** The named objects that the page describes in a section of their own. */
const LINKS: Readonly<Record<string, string>> = {
  Session: '[session](#session)',
  SessionSummary: '[sessions](#session) without `user` and `data`',
};

/** The types of properties with more values have a section or a page of their own. */
const ENUM_LENGTH_MAX = 10;

/** Returns a table of rows; nothing without rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}

/** Returns the parameters of an operation, without `correlation_id`, which all have. */
export function parameterRows({ parameters = [] }: Operation): string[][] {
  return parameters
    .filter((parameter): parameter is Parameter => 'name' in parameter)
    .map(({ name, in: place, schema, description }) => [`\`${name}\``, `${place}, ${typeOf(schema)}`, description]);
}

/** Returns the properties of an object, those of objects within it as `filter.user_id`. */
export function propertyRows(schema: Schema, schemas: Schemas, isRequest: boolean, prefix = ''): string[][] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = prefix + name;
    const type = typeOf(property) + (isRequest && required.includes(name) ? ', required' : '');
    const row = [`\`${path}\``, type, meaningOf(path, property)];
    return [row, ...innerRows(property, schemas, isRequest, path)];
  });
}

function innerRows(schema: Schema, schemas: Schemas, isRequest: boolean, path: string): string[][] {
  // The properties of a map of counts need no rows.
  if (schema.required === undefined && !isRequest && schema.properties) return [];
  const inner = schema.anyOf?.find(({ properties }) => properties) ?? schema;
  if (inner.items?.properties) return propertyRows(inner.items, schemas, isRequest, `${path}[].`);
  return inner.properties ? propertyRows(inner, schemas, isRequest, `${path}.`) : [];
}

function meaningOf(path: string, { description, $ref, items }: Schema): string {
  if (description !== undefined) return description;
  if ($ref !== undefined) return 'The session';
  if (items?.$ref !== undefined) return 'The sessions';
  throw new Error(`${path} has no description`);
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, items, type, format, const: value } = schema;
  if ($ref !== undefined) return LINKS[$ref.split('/').at(-1) ?? ''] ?? 'object';
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (schema.enum && schema.enum.length > ENUM_LENGTH_MAX) return 'string';
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (value !== undefined) return `\`${value}\``;
  if (items) return `list of ${items.type === undefined ? typeOf(items) : `${items.type}s${rangeOf(items)}`}`;
  if (format === 'date-time') return 'time';
  return type === undefined ? 'any JSON value' : `${type}${rangeOf(schema)}`;
}

function rangeOf({ minimum, maximum, minLength, maxLength }: Schema): string {
  if (maximum !== undefined) return `, ${minimum ?? 0} to ${maximum}`;
  return maxLength === undefined ? '' : `, ${minLength ?? 0} to ${maxLength} characters`;
}
