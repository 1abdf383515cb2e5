/** The longest that browsers keep a cookie: 400 days (RFC 6265bis, 5.5). */
const MAX_AGE_S_MAX = 34_560_000;

export type SameSite = 'Lax' | 'Strict';

/** How the session's cookie is written. It never has a Domain: only the host that set it gets it back. */
export interface CookieForm {
  readonly name: string;
  readonly isSecure: boolean;
  readonly same_site: SameSite;
}

/**
 * The value of a cookie; null when there is none, or more than one of the name: one of them may have been planted from
 * a neighbouring host, and nothing says which (RFC 6265bis, 8.6). Values are taken as they are, without unquoting.
 *
 * Only SP and HTAB are left out around a name, as browsers do (RFC 6265, 5.2). `String.trim` removes more: a neighbouring
 * host can set a cookie whose name has a byte A0 before `__Host-`, which no browser protects.
 */
export function cookieValue(header: string | null, name: string): string | null {
  if (header === null) return null;
  let found: string | null = null;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || withoutSpace(pair, 0, equals) !== name) continue;
    if (found !== null) return null;
    found = withoutSpace(pair, equals + 1, pair.length);
  }
  return found;
}

/** The text between two places, without SP and HTAB at its ends. */
function withoutSpace(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** `Set-Cookie` for a value of visible ASCII. Without `max_age_s` the browser drops it when it ends. */
export function cookieLine({ name, isSecure, same_site }: CookieForm, value: string, max_age_s: number | null): string {
  const age = max_age_s === null ? '' : `; Max-Age=${Math.max(0, Math.min(max_age_s, MAX_AGE_S_MAX))}`;
  return `${name}=${value}; Path=/; HttpOnly${isSecure ? '; Secure' : ''}; SameSite=${same_site}${age}`;
}

/** What is to be sent when one of the cookies is written anew: a browser should get one line a cookie. */
export function withCookie(lines: readonly string[], { name }: CookieForm, line: string): string[] {
  return [...lines.filter((other) => !other.startsWith(`${name}=`)), line];
}
