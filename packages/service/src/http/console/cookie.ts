import type { IncomingMessage } from 'node:http';

const NAME = 'pip-sessions-console';
/** Browsers accept the name only from this host, by https and for all paths. */
const SECURE_NAME = `__Host-${NAME}`;

/** Returns the token in the cookie of the console; null for none. */
export function tokenOf({ headers: { cookie = '' } }: IncomingMessage): string | null {
  const pairs = cookie.split(/;\s*/).map((pair) => pair.split('=', 2));
  const find = (name: string) => pairs.find(([own]) => own === name)?.[1];
  return find(SECURE_NAME) ?? find(NAME) ?? null;
}

/** Returns `Set-Cookie` for a token. The cookie has no lifetime of its own: the service ends the session. */
export function cookieOf(token: string, isSecure: boolean): string {
  const [name, attributes] = isSecure ? [SECURE_NAME, 'Path=/; Secure'] : [NAME, 'Path=/console'];
  return `${name}=${token}; ${attributes}; HttpOnly; SameSite=Strict`;
}

/** Returns `Set-Cookie` headers that delete the cookie, whichever name it has. */
export function noCookies(): string[] {
  return [true, false].map((isSecure) => `${cookieOf('', isSecure)}; Max-Age=0`);
}
