import { Compile, type TSchema } from '#typebox';
import { invalidMember } from '../domain/errors.ts';
import { assertValid, ITEMS_LOOKED_AT_MAX } from './validation.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly maxItems?: number;
}

/**
 * Makes a check of inputs by a schema, which throws `INVALID_DATA`. The work is bounded by what the schema takes, not by what
 * was sent: the library checks the items of a list before it checks how many there are.
 */
export function inputCheck(schema: TSchema): (input: unknown) => void {
  const validator: Parameters<typeof assertValid>[0] = Compile(schema);
  const sized = Object.entries((schema as Schema).properties ?? {}).filter(([, member]) => isSized(member));
  return (input) => {
    for (const [name, member] of sized) assertSize(name, member, input);
    assertValid(validator, input);
  };
}

/** Whether a property can be measured before anything in it is looked at. */
function isSized({ maxItems, properties, additionalProperties }: Schema): boolean {
  return maxItems !== undefined || (properties !== undefined && additionalProperties === false);
}

function assertSize(name: string, { maxItems }: Schema, input: unknown): void {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return;
  const value: unknown = Reflect.get(input, name);
  if (Array.isArray(value)) {
    if (maxItems !== undefined && value.length > maxItems) {
      throw invalidMember(name, `must not have more than ${maxItems} items`);
    }
  } else if (typeof value === 'object' && value !== null) {
    const count = Object.keys(value).length;
    if (count > ITEMS_LOOKED_AT_MAX) throw invalidMember(name, `has ${count} properties, more than any request takes`);
  }
}
