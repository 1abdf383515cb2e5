import fc from 'fast-check';
import { ODD_TIMES, oddJson, oddString } from './odd-values.ts';

/** The part of JSON Schema that the route tables use. */
export interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that have a meaning for the service, such as tokens, by the names of their properties. */
export type Samples = Readonly<Record<string, readonly unknown[]>>;

const STRANGE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '0',
  ' ',
  '\0',
  '\ud800',
  'nope',
  'x'.repeat(9_000),
];
const ITEMS_MAX = 3;

/** The JSON of a valid value for a property. */
export function fittingJson(schema: Schema, name: string, samples: Samples): fc.Arbitrary<string> {
  const own = samples[name]?.map((sample) => JSON.stringify(sample));
  const fitting = ofSchema(schema, name, samples);
  return own ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...own) }, { weight: 1, arbitrary: fitting }) : fitting;
}

/** The JSON of an object. Each property is valid, invalid, missing or repeated, and there may be unknown ones. */
export function objectJson({ properties = {} }: Schema, samples: Samples): fc.Arbitrary<string> {
  const names = Object.keys(properties);
  const known = Object.entries(properties).map(([name, schema]) => membersNamed(name, schema, samples));
  const other = fc.tuple(fc.constantFrom(...STRANGE_NAMES, ...names), oddJson);
  const strange = fc.oneof(
    { weight: 60, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: other.map((member) => [member]) },
    { weight: 1, arbitrary: fc.array(other, { maxLength: 20 }) },
  );
  return fc.tuple(...known, strange).map((members) => {
    const texts = members.flat().map(([name, json]) => `${JSON.stringify(name)}:${json}`);
    return `{${texts.join(',')}}`;
  });
}

type Member = readonly [name: string, json: string];

function membersNamed(name: string, schema: Schema, samples: Samples): fc.Arbitrary<readonly Member[]> {
  const right = fittingJson(schema, name, samples).map((json): Member => [name, json]);
  const wrong = oddJson.map((json): Member => [name, json]);
  const isWanted = samples[name] !== undefined;
  return fc.oneof(
    { weight: isWanted ? 2 : 20, arbitrary: fc.constant([]) },
    { weight: isWanted ? 50 : 20, arbitrary: right.map((member) => [member]) },
    { weight: 3, arbitrary: wrong.map((member) => [member]) },
    { weight: 1, arbitrary: fc.tuple(right, wrong) },
  );
}

function ofSchema(schema: Schema, name: string, samples: Samples): fc.Arbitrary<string> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => ofSchema(one, name, samples)));
  if (schema.enum) return fc.constantFrom(...schema.enum.map((value) => JSON.stringify(value)));
  if ('const' in schema) return fc.constant(JSON.stringify(schema.const));
  switch (schema.type) {
    case 'string':
      return stringOf(schema).map((text) => JSON.stringify(text));
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 10 }).map(String);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true }).map(String);
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'null':
      return fc.constant('null');
    case 'array': {
      const items = fc.array(fittingJson(schema.items ?? {}, name, samples), { maxLength: ITEMS_MAX });
      return items.map((all) => `[${all.join(',')}]`);
    }
    case 'object':
      return objectJson(schema, samples);
    default:
      return oddJson;
  }
}

function stringOf({ format, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const valid = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    return fc.oneof(
      { weight: 9, arbitrary: valid.map((date) => date.toISOString()) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TIMES) },
    );
  }
  const short = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 20) });
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('u', 'v', '192.0.2.1', 'Müller 🦊') },
    { weight: 30, arbitrary: short },
    { weight: 9, arbitrary: oddString },
    { weight: 1, arbitrary: fc.constant('x'.repeat(maxLength)) },
  );
}
