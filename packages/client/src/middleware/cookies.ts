import { TOKEN } from '@pip-sessions/contract/token';

/** The longest that browsers keep a cookie: 400 days (RFC 6265bis, 5.5). */
export const COOKIE_AGE_S_MAX = 34_560_000;

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
 */
export function cookieValue(header: string | null, name: string): string | null {
  const values = cookieValues(header, name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/**
 * Only SP and HTAB are left out around a name, as browsers do (RFC 6265, 5.2). `String.trim` removes more: a neighbouring
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
  const age = max_age_s === null ? '' : `; Max-Age=${Math.max(0, Math.min(max_age_s, COOKIE_AGE_S_MAX))}`;
  return `${name}=${value}; Path=/; HttpOnly${isSecure ? '; Secure' : ''}; SameSite=${same_site}${age}`;
}

/** `Set-Cookie` lines with one more, in place of those of the cookie that hold a token or clear one. */
export function withCookie(lines: readonly string[], cookie: CookieForm, line: string): string[] {
  return [...lines.filter((other) => !isOwnLine(other, cookie)), line];
}

/** Whether a `Set-Cookie` line puts a token into the cookie, or clears it. */
export function isOwnLine(line: string, { name }: CookieForm): boolean {
  if (!line.startsWith(`${name}=`)) return false;
  const [value = ''] = line.slice(name.length + 1).split(';', 1);
  return value === '' || TOKEN.test(value);
}
