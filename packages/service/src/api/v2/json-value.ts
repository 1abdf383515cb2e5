import { invalidMember } from '../../domain/errors.ts';
import { type JsonText, toJsonText } from '../../domain/json.ts';

/** The text of a value that a request gives; null for null and for nothing. Throws `INVALID_DATA`. */
export function jsonTextOrNull(member: string, value: unknown): JsonText | null {
  return value === undefined || value === null ? null : jsonTextOf(member, value);
}

/** Throws `INVALID_DATA` for a number like `1e400`, which reads as infinite and would be written as null. */
export function jsonTextOf(member: string, value: unknown): JsonText {
  const text = toJsonText(value);
  if (text.includes('null') && holdsInfinity(value)) {
    throw invalidMember(member, 'holds a number that is too large to be kept');
  }
  return text;
}

/** Bounded by the depth that bodies may have. */
function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);
}
