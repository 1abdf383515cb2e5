import type { TLocalizedValidationError } from '#typebox';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import { isStorable, PATTERN, STRING_LENGTH_MAX } from './text-bounds.ts';

/** A compiled schema. */
interface Validator<T> {
  Check(value: unknown): value is T;
  Errors(value: unknown): readonly TLocalizedValidationError[];
}

/** More than any schema takes. To look for what is wrong in 500,000 items took 300 ms, in 80,000 properties 100 ms. */
export const ITEMS_LOOKED_AT_MAX = 1_001;

/** Throws `INVALID_DATA`, which names each property that is wrong, for a value that is not of the schema. */
export function assertValid<T>(validator: Validator<T>, value: unknown): asserts value is T {
  if (!validator.Check(value)) throw invalidData(validator.Errors(shortened(value)));
}

/** The value with its lists cut off beyond what is looked at: they stay longer than the schema takes. */
function shortened(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  if (members.length > ITEMS_LOOKED_AT_MAX) {
    throw new SessionsError('INVALID_DATA', `the body has ${members.length} properties, more than any request takes.`);
  }
  return members.some(([, member]) => isLong(member)) ? Object.fromEntries(members.map(cutOff)) : value;
}

function cutOff([name, member]: [string, unknown]): [string, unknown] {
  return [name, isLong(member) ? member.slice(0, ITEMS_LOOKED_AT_MAX) : member];
}

function isLong(member: unknown): member is readonly unknown[] {
  return Array.isArray(member) && member.length > ITEMS_LOOKED_AT_MAX;
}

/** What a failed validation says: each member that is wrong, in the words of someone who has to mend it. */
function invalidData(errors: readonly TLocalizedValidationError[]): SessionsError {
  const problems = new Map<string, string>();
  for (const { keyword, params, instancePath } of errors) {
    if (keyword === 'required') {
      for (const name of params.requiredProperties) problems.set(memberAt(instancePath, name), 'is required');
    }
    // Each unknown property has an error of its own, while that of its object may not be among the first errors.
    if (keyword === 'boolean') problems.set(memberAt(instancePath), 'is not a member');
  }
  // Alternatives of a union each report, and so does what holds them: the deepest member is where the value is wrong.
  const paths = new Set(
    errors.filter(({ keyword }) => !OF_MEMBERS.has(keyword)).map(({ instancePath }) => instancePath),
  );
  for (const path of paths) {
    if ([...paths].some((other) => other.startsWith(`${path}/`))) continue;
    const here = errors.filter((error) => error.instancePath === path);
    problems.set(memberAt(path), expectation(here));
  }
  const told = [...problems].slice(0, PROBLEMS_MAX).map(([member, problem]) => [shortName(member), problem] as const);
  const texts = told.map(([member, problem]) => `${member || 'the body'} ${problem}`);
  if (problems.size > told.length) texts.push(`${problems.size - told.length} more properties are wrong`);
  return new SessionsError('INVALID_DATA', `${texts.join('; ')}.`, {
    details: { members: told.map(([name]) => name) },
  });
}

/** An error is read by people, and names of unknown properties are as long as a caller makes them. */
const PROBLEMS_MAX = 32;
const NAME_CHARS_MAX = 128;

function shortName(member: string): string {
  return member.length <= NAME_CHARS_MAX ? member : `${member.slice(0, NAME_CHARS_MAX)}…`;
}

const TIME_MIN = Date.parse('0000-01-01T00:00:00Z');
export const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment that a text of the format `date-time` means. Throws `INVALID_DATA` where the format knows more than the
 * service can hold: a leap second, and a time that is in another year than 0 to 9999 in UTC.
 */
export function timeOf(member: string, text: string): number {
  const time = Date.parse(text);
  if (time >= TIME_MIN && time <= TIME_MAX) return time;
  throw invalidMember(member, 'must not be a leap second, nor in a year that has no four digits');
}

/** Throws `INVALID_DATA` for a value that is no text which every store can hold. */
export function assertStorable(member: string, value: unknown): asserts value is string {
  if (isStorable(value)) return;
  throw invalidMember(member, TEXT);
}

const TEXT = `must be a text of at most ${STRING_LENGTH_MAX} characters, without NUL and halves of surrogate pairs`;

/** What these say is about members of the value, not about the value itself. */
const OF_MEMBERS: ReadonlySet<string> = new Set(['required', 'additionalProperties', 'boolean']);

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  integer: 'a whole number',
  object: 'an object',
  array: 'a list',
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
        return `must not hold ${params.pattern === PATTERN ? 'a NUL character or ' : ''}half of a surrogate pair`;
      case 'format':
        return 'must be a time like 2026-01-31T12:00:00Z';
      case 'enum':
        return `must be one of ${params.allowedValues.join(', ')}`;
      case 'minimum':
      case 'maximum':
        return `must be ${params.comparison} ${params.limit}`;
      case 'maxItems':
        return `must not have more than ${params.limit} items`;
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

/** The names that lead to a property, from a JSON pointer (RFC 6901) and what follows it. */
function memberAt(instancePath: string, name?: string): string {
  const path = instancePath.split('/').slice(1).map(unescaped);
  return (name === undefined ? path : [...path, name]).map((part) => part || '""').join('.');
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
