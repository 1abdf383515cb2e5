/** Long enough for any identifier, address or user agent, short enough for an index. */
export const STRING_LENGTH_MAX = 4096;

/** No NUL, which some stores cannot hold, and no half of a surrogate pair, which UTF-8 cannot. */
export const PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';

/** Whether every store can hold a text, and find it again. */
export function isStorable(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= STRING_LENGTH_MAX && !value.includes('\0') && value.isWellFormed()
  );
}

/** No half of a surrogate pair. Stores can hold a NUL, which sessions from elsewhere may have. */
export const WELL_FORMED = '^[^\\ud800-\\udfff]*$';

/** How many ways to prove who they are a user may have used. */
export const METHODS_MAX = 16;
