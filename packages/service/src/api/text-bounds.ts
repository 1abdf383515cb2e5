/** Maximum length of a string: enough for any identifier, address or user agent, and short enough for an index. */
export const STRING_LENGTH_MAX = 4096;
/** Maximum length of the id of an actor, which indexes contain. */
export const ACTOR_ID_LENGTH_MAX = 255;

/** Strings without NUL, which some stores cannot hold, and without half a surrogate pair, which UTF-8 cannot. */
export const PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';

/** Whether every store can hold the string and find it again. */
export function isStorable(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= STRING_LENGTH_MAX && !value.includes('\0') && value.isWellFormed()
  );
}

/**
 * Strings without half a surrogate pair. NUL is allowed: imported sessions may have it, and the stores accept it there.
 */
export const WELL_FORMED = '^[^\\ud800-\\udfff]*$';

/** Maximum number of authentication methods of a session. */
export const METHODS_MAX = 16;
