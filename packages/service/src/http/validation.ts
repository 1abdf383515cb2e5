import type { TLocalizedValidationError } from 'typebox/error';
import { SessionsError } from '../domain/errors.ts';

/** What a failed validation says: the member that is wrong, in the words of someone who has to mend it. */
export function invalidData(errors: readonly TLocalizedValidationError[]): SessionsError {
  const missing = errors.find((error) => error.keyword === 'required');
  if (missing?.keyword === 'required') {
    const names = missing.params.requiredProperties.map((name) => memberAt(missing.instancePath, name));
    return problem(names.join(', '), names.length === 1 ? 'is required' : 'are required');
  }
  // Alternatives of a union each report; the deepest member is where the value stopped fitting.
  const deepest = errors.reduce(
    (path, { instancePath }) => (depth(instancePath) > depth(path) ? instancePath : path),
    '',
  );
  const here = errors.filter((error) => error.instancePath === deepest);
  return problem(memberAt(deepest), expectation(here));
}

function problem(member: string, expected: string): SessionsError {
  const subject = member === '' ? 'The body' : member;
  return new SessionsError('INVALID_DATA', `${subject} ${expected}.`, { details: { member } });
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
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
        return 'must not hold a NUL character or half of a surrogate pair';
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

function memberAt(instancePath: string, name?: string): string {
  const path = instancePath.split('/').slice(1);
  return (name === undefined ? path : [...path, name]).join('.');
}

function depth(instancePath: string): number {
  return instancePath.split('/').length;
}
