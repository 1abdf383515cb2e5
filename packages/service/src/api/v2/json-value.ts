import { invalidMember } from '../../domain/errors.ts';
import { type JsonText, toJsonText } from '../../domain/json.ts';

/** Returns a value of a request as JSON text; null if it is null or absent. Throws `INVALID_DATA`. */
export function jsonTextOrNull(member: string, value: unknown): JsonText | null {
  return value === undefined || value === null ? null : jsonTextOf(member, value);
}

/** Throws `INVALID_DATA` for a number like `1e400`: it is parsed as infinity and would be written as null. */
export function jsonTextOf(member: string, value: unknown): JsonText {
  const text = toJsonText(value);
  if (text.includes('null') && holdsInfinity(value)) {
    throw invalidMember(member, 'has a number that is too large; the maximum is about 1.8e308');
  }
  return text;
}

/** The recursion is bounded by the maximum depth of bodies. */
function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);
}
