import { Compile, type TSchema } from '#typebox';
import { invalidMember } from '../domain/errors.ts';
import { assertValid, ITEMS_LOOKED_AT_MAX } from './validation.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly maxItems?: number;
}

/**
 * Returns a function that checks inputs against a schema and throws `INVALID_DATA`. Its work is bounded by the schema,
 * not by the size of the input. This is needed because the schema library checks the items of an array before their
 * number.
 */
export function inputCheck(schema: TSchema): (input: unknown) => void {
  const validator: Parameters<typeof assertValid>[0] = Compile(schema);
  const sized = Object.entries((schema as Schema).properties ?? {}).filter(([, member]) => isSized(member));
  return (input) => {
    for (const [name, member] of sized) assertSize(name, member, input);
    assertValid(validator, input);
  };
}

/** Whether the size of a property can be checked before its content. */
function isSized({ maxItems, properties, additionalProperties }: Schema): boolean {
  return maxItems !== undefined || (properties !== undefined && additionalProperties === false);
}

function assertSize(name: string, { maxItems }: Schema, input: unknown): void {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return;
  const value: unknown = Reflect.get(input, name);
  if (Array.isArray(value)) {
    if (maxItems !== undefined && value.length > maxItems) {
      throw invalidMember(name, `must have at most ${maxItems} items`);
    }
  } else if (typeof value === 'object' && value !== null) {
    const count = Object.keys(value).length;
    if (count > ITEMS_LOOKED_AT_MAX)
      throw invalidMember(name, `has ${count} properties, more than any request can have`);
  }
}
