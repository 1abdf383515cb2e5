import type { TSchema } from '#typebox';
import { STRING_LENGTH_MAX } from './text-bounds.ts';

/** The longest form of a character in JSON: `\u0000`. */
const CHARACTER_BYTES = 6;
const NUMBER_BYTES = 32;
const TIME_BYTES = 64;
const LITERAL_BYTES = 64;
/**
 * For whitespace. It also ensures that a value which is too long is rejected by its name, not as a body that is too
 * large.
 */
const SLACK_BYTES = 16_384;
/** For unknown properties, which a schema may ignore. */
const IGNORED_BYTES = 16_384;
/** The quotes, comma and colon of an item or a property. */
const PUNCTUATION_BYTES = 4;

/** Returns the largest body that a request of a schema can need, in bytes; infinite if the schema sets no bound. */
export function bodyBytesMax(schema: TSchema): number {
  const { additionalProperties } = schema as Schema;
  return bytesMax(schema as Schema) + SLACK_BYTES + (additionalProperties === false ? 0 : IGNORED_BYTES);
}

/** The keywords that the schemas of this service use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
}

function bytesMax(schema: Schema): number {
  const { anyOf, enum: values, const: value, type } = schema;
  if (anyOf) return Math.max(...anyOf.map(bytesMax));
  if (values !== undefined || value !== undefined) return LITERAL_BYTES;
  switch (type) {
    case 'object':
      return sum(Object.entries(schema.properties ?? {}).map(([name, of]) => name.length + memberBytesMax(of)));
    case 'array':
      return (schema.maxItems ?? Number.POSITIVE_INFINITY) * (schema.items ? memberBytesMax(schema.items) : 0);
    case 'string':
      return stringBytesMax(schema);
    case 'number':
    case 'integer':
      return NUMBER_BYTES;
    case 'boolean':
    case 'null':
      return LITERAL_BYTES;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function stringBytesMax({ format, maxLength }: Schema): number {
  // Without `maxLength`, room is left for the longest string that a session can have.
  return format === 'date-time' ? TIME_BYTES : (maxLength ?? STRING_LENGTH_MAX) * CHARACTER_BYTES;
}

function memberBytesMax(schema: Schema): number {
  return bytesMax(schema) + PUNCTUATION_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
