import { TOKEN } from '@pip-sessions/contract/token';

/** The maximum lifetime of a cookie in browsers, in seconds: 400 days (RFC 6265bis, 5.5). */
export const COOKIE_AGE_S_MAX = 34_560_000;

export type SameSite = 'Lax' | 'Strict';

/** The attributes of the session's cookie. It never has a Domain: browsers return it only to the host that set it. */
export interface CookieForm {
  readonly name: string;
  readonly isSecure: boolean;
  readonly same_site: SameSite;
}

/**
 * Returns the value of a cookie; null if there is none, or more than one of the name. A neighbouring host may have
 * planted one of them, and nothing shows which (RFC 6265bis, 8.6). Values are not unquoted.
 */
export function cookieValue(header: string | null, name: string): string | null {
  const values = cookieValues(header, name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/**
 * Removes only SP and HTAB around a name, as browsers do (RFC 6265, 5.2). `String.trim` removes more: a neighbouring
 * host can set a cookie whose name has a byte A0 before `__Host-`, which no browser protects.
 */
function cookieValues(header: string | null, name: string): readonly string[] {
  const found: string[] = [];
  if (header === null) return found;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || withoutSpace(pair, 0, equals) !== name) continue;
    found.push(withoutSpace(pair, equals + 1, pair.length));
  }
  return found;
}

/** Returns the text between two indexes, without SP and HTAB at its ends. */
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

/** Returns a `Set-Cookie` line for a value of visible ASCII. Without `max_age_s`, the cookie ends with the browser. */
export function cookieLine({ name, isSecure, same_site }: CookieForm, value: string, max_age_s: number | null): string {
  const age = max_age_s === null ? '' : `; Max-Age=${Math.max(0, Math.min(max_age_s, COOKIE_AGE_S_MAX))}`;
  return `${name}=${value}; Path=/; HttpOnly${isSecure ? '; Secure' : ''}; SameSite=${same_site}${age}`;
}

/** Adds a line to `Set-Cookie` lines. It replaces those that put a token into the cookie or clear it. */
export function withCookie(lines: readonly string[], cookie: CookieForm, line: string): string[] {
  return [...lines.filter((other) => !isOwnLine(other, cookie)), line];
}

/** Whether a `Set-Cookie` line puts a token into the cookie or clears it. */
export function isOwnLine(line: string, { name }: CookieForm): boolean {
  if (!line.startsWith(`${name}=`)) return false;
  const [value = ''] = line.slice(name.length + 1).split(';', 1);
  return value === '' || TOKEN.test(value);
}
