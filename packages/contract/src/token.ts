import { SESSION_ID_LENGTH } from './session-id.ts';

/**
 * The format of a token: `ps_<session id>_<secret of 43 base64url characters>`. A string of another format is not a token.
 */
export const TOKEN = /^ps_[0-9a-f]{36}_[\w-]{43}$/;
/** Finds a possible token in a longer text, also one that is cut off. */
export const TOKEN_IN_TEXT = /ps_[0-9a-f]{36}_[\w-]+/;
/** The first characters of every token. */
const TOKEN_PREFIX = 'ps_';
/** How documents write the format of a token. */
export const TOKEN_FORM = `${TOKEN_PREFIX}<id>_<secret>`;

const ID_END = TOKEN_PREFIX.length + SESSION_ID_LENGTH;
const TOKEN_LENGTH = ID_END + 1 + 43;

/** Whether a string begins as tokens do. */
export function isTokenLike(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX);
}

/** The parts of a token. */
export interface ParsedToken {
  /** The id of the session. */
  readonly id: string;
  /** The secret part, which proves that the bearer may use the session. */
  readonly secret: string;
}

/**
 * Returns the parts of a token; null for a string of another length, or without `ps_` and `_` in their places. It checks
 * neither the characters of the parts nor whether the token is valid.
 */
export function parseToken(token: string): ParsedToken | null {
  if (token.length !== TOKEN_LENGTH || !token.startsWith(TOKEN_PREFIX) || token[ID_END] !== '_') return null;
  return { id: token.slice(TOKEN_PREFIX.length, ID_END), secret: token.slice(ID_END + 1) };
}

/** Returns the session id in a token, without a check of its format. */
export function sessionIdOf(token: string): string {
  return token.slice(TOKEN_PREFIX.length, ID_END);
}

/** Returns the token of a session id and a secret. */
export function tokenOf(id: string, secret: string): string {
  return `${TOKEN_PREFIX}${id}_${secret}`;
}
