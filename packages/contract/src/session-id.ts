/**
 * The format of the ids that the service makes: `<4 hex: first 16 bits of SHA-256(user_id)><32 hex: 128 random bits>`.
 * Imported sessions may have ids of another format.
 */
export const SESSION_ID = /^[0-9a-f]{36}$/;
/** The number of characters of such an id. */
export const SESSION_ID_LENGTH = 36;
/** The number of characters of an id that are derived from its user. */
export const USER_PREFIX_LENGTH = 4;
