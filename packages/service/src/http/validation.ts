import type { TLocalizedValidationError } from '#typebox';
import { SessionsError } from '../domain/errors.ts';

/** What a failed validation says: each member that is wrong, in the words of someone who has to mend it. */
export function invalidData(errors: readonly TLocalizedValidationError[]): SessionsError {
  const problems = new Map<string, string>();
  for (const error of errors) {
    if (error.keyword !== 'required') continue;
    for (const name of error.params.requiredProperties) problems.set(memberAt(error.instancePath, name), 'is required');
  }
  // Alternatives of a union each report, and so does what holds them: the deepest member is where the value is wrong.
  const paths = new Set(errors.filter(({ keyword }) => keyword !== 'required').map(({ instancePath }) => instancePath));
  for (const path of paths) {
    if ([...paths].some((other) => other.startsWith(`${path}/`))) continue;
    const here = errors.filter((error) => error.instancePath === path);
    problems.set(memberAt(path), expectation(here));
  }
  const message = [...problems].map(([member, problem]) => `${member || 'the body'} ${problem}`).join('; ');
  return new SessionsError('INVALID_DATA', `${message}.`, { details: { members: [...problems.keys()] } });
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
