import type { TLocalizedValidationError } from '#typebox';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import { isStorable, PATTERN, STRING_LENGTH_MAX } from './text-bounds.ts';

/** A compiled schema. */
interface Validator<T> {
  Check(value: unknown): value is T;
  Errors(value: unknown): readonly TLocalizedValidationError[];
}

/**
 * Maximum number of items that are checked; more than any schema allows. Finding the errors of 500,000 items took 300
 * ms, of 80,000 properties 100 ms.
 */
export const ITEMS_LOOKED_AT_MAX = 1_001;

/** Throws `INVALID_DATA`, which names each invalid property, if the value does not match the schema. */
export function assertValid<T>(validator: Validator<T>, value: unknown): asserts value is T {
  if (!validator.Check(value)) throw invalidData(validator.Errors(shortened(value)));
}

/** Returns the value with long arrays truncated. They are still longer than the schema allows. */
function shortened(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  if (members.length > ITEMS_LOOKED_AT_MAX) {
    throw new SessionsError(
      'INVALID_DATA',
      `the body has ${members.length} properties, more than any request can have.`,
    );
  }
  return members.some(([, member]) => isLong(member)) ? Object.fromEntries(members.map(cutOff)) : value;
}

function cutOff([name, member]: [string, unknown]): [string, unknown] {
  return [name, isLong(member) ? member.slice(0, ITEMS_LOOKED_AT_MAX) : member];
}

function isLong(member: unknown): member is readonly unknown[] {
  return Array.isArray(member) && member.length > ITEMS_LOOKED_AT_MAX;
}

/** Returns the error of a failed validation. It names each invalid property and says what is allowed. */
function invalidData(errors: readonly TLocalizedValidationError[]): SessionsError {
  const problems = new Map<string, string>();
  /** The JSON pointers of properties that are missing or unknown. */
  const members: string[] = [];
  for (const { keyword, params, instancePath } of errors) {
    if (keyword === 'required') {
      for (const name of params.requiredProperties) {
        problems.set(memberAt(instancePath, name), 'is required');
        members.push(`${instancePath}/${name}`);
      }
    }
    // Each unknown property has an error of its own. The error of its object may not be among the first errors.
    if (keyword === 'boolean') {
      problems.set(memberAt(instancePath), 'is an unknown property');
      members.push(instancePath);
    }
  }
  // Each alternative of a union reports an error, and so does the property that contains it. The deepest property is
  // the invalid one.
  const paths = new Set(
    errors.filter(({ keyword }) => !OF_MEMBERS.has(keyword)).map(({ instancePath }) => instancePath),
  );
  for (const path of paths) {
    if ([...paths].some((other) => other.startsWith(`${path}/`))) continue;
    if (path !== '' && members.some((member) => member.startsWith(`${path}/`))) continue;
    const here = errors.filter((error) => error.instancePath === path);
    problems.set(memberAt(path), expectation(here));
  }
  const reported = [...problems]
    .slice(0, PROBLEMS_MAX)
    .map(([member, problem]) => [shortName(member), problem] as const);
  const texts = reported.map(([member, problem]) => `${member || 'the body'} ${problem}`);
  if (problems.size > reported.length) texts.push(`${problems.size - reported.length} more properties are invalid`);
  return new SessionsError('INVALID_DATA', `${texts.join('; ')}.`, {
    details: { members: reported.map(([name]) => name) },
  });
}

/** The bounds of an error message: people read it, and unknown properties may have very long names. */
const PROBLEMS_MAX = 32;
const NAME_CHARS_MAX = 128;

function shortName(member: string): string {
  return member.length <= NAME_CHARS_MAX ? member : `${member.slice(0, NAME_CHARS_MAX)}…`;
}

const TIME_MIN = Date.parse('0000-01-01T00:00:00Z');
export const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Returns the time of a string of the format `date-time`. Throws `INVALID_DATA` for a leap second and for a time
 * outside the years 0 to 9999 UTC: the format allows them, but the service does not.
 */
export function timeOf(member: string, text: string): number {
  const time = Date.parse(text);
  if (time >= TIME_MIN && time <= TIME_MAX) return time;
  throw invalidMember(member, 'must be in the years 0000 to 9999 UTC, and not a leap second');
}

/** Throws `INVALID_DATA` if the value is not a string that every store can hold. */
export function assertStorable(member: string, value: unknown): asserts value is string {
  if (isStorable(value)) return;
  throw invalidMember(member, TEXT);
}

const TEXT = `must be a string of at most ${STRING_LENGTH_MAX} characters, without NUL and halves of surrogate pairs`;

/** Errors with these keywords are about properties of the value, not about the value itself. */
const OF_MEMBERS: ReadonlySet<string> = new Set(['required', 'additionalProperties', 'boolean']);

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  integer: 'a whole number',
  object: 'an object',
  array: 'an array',
};

function expectation(errors: readonly TLocalizedValidationError[]): string {
  const types = new Set<string>();
  for (const { keyword, params } of errors) {
    switch (keyword) {
      case 'minLength':
        return 'must not be empty';
      case 'maxLength':
        return `must not be longer than ${params.limit} characters`;
      case 'pattern':
        return `must not contain ${params.pattern === PATTERN ? 'a NUL character or ' : ''}half of a surrogate pair`;
      case 'format':
        return 'must be a time like 2026-01-31T12:00:00Z';
      case 'enum':
        return `must be one of ${params.allowedValues.join(', ')}`;
      case 'minimum':
      case 'maximum':
        return `must be ${params.comparison} ${params.limit}`;
      case 'minItems':
        return `must have at least ${params.limit} ${params.limit === 1 ? 'item' : 'items'}`;
      case 'maxItems':
        return `must have at most ${params.limit} items`;
      case 'minProperties':
        return `must have at least ${params.limit} ${params.limit === 1 ? 'property' : 'properties'}`;
      case 'type':
        types.add(TYPE_NAMES[String(params.type)] ?? String(params.type));
        break;
      case 'not':
        return 'must not be null';
    }
  }
  return types.size > 0 ? `must be ${listOf([...types])}` : 'has a value that is not allowed';
}

function listOf(words: string[]): string {
  const last = words.pop();
  return words.length > 0 ? `${words.join(', ')} or ${last}` : String(last);
}

/** Returns the path of a property with dots, from a JSON pointer (RFC 6901) and an optional name after it. */
function memberAt(instancePath: string, name?: string): string {
  const path = instancePath.split('/').slice(1).map(unescaped);
  return (name === undefined ? path : [...path, name]).map((part) => part || '""').join('.');
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
