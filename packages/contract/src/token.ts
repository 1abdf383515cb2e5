import { SESSION_ID_LENGTH } from './session-id.ts';

/** The form of a token: `ps_<session id>_<secret of 43 base64url characters>`. A text of another form is no token. */
export const TOKEN = /^ps_[0-9a-f]{36}_[\w-]{43}$/;
/** What may be a token within a longer text, also when it is cut off. */
export const TOKEN_IN_TEXT = /ps_[0-9a-f]{36}_[\w-]+/;
export const TOKEN_PREFIX = 'ps_';

const ID_END = TOKEN_PREFIX.length + SESSION_ID_LENGTH;
const TOKEN_LENGTH = ID_END + 1 + 43;

export interface ParsedToken {
  readonly id: string;
  readonly secret: string;
}

/** The parts of a token; null for a text of another length or frame. It says nothing of whether the token is good. */
export function parseToken(token: string): ParsedToken | null {
  if (token.length !== TOKEN_LENGTH || !token.startsWith(TOKEN_PREFIX) || token[ID_END] !== '_') return null;
  return { id: token.slice(TOKEN_PREFIX.length, ID_END), secret: token.slice(ID_END + 1) };
}

/** The session id in a token, without a check of its form. */
export function sessionIdOf(token: string): string {
  return token.slice(TOKEN_PREFIX.length, ID_END);
}

export function tokenOf(id: string, secret: string): string {
  return `${TOKEN_PREFIX}${id}_${secret}`;
}
