/** The `cookies` of a request in Next.js, which a server action may change. */
export interface CookieStore {
  /** Sets a cookie of the response. Throws an `Error` outside of server actions and route handlers. */
  set(name: string, value: string, attributes: CookieAttributes): unknown;
}

/** The attributes of the session's cookie, as Next.js names them. */
interface CookieAttributes {
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict';
  readonly maxAge?: number;
}

/** Sets the cookies of `Set-Cookie` lines of this package. */
export function storeCookies(store: CookieStore, lines: readonly string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const age = /; Max-Age=(\d+)/.exec(line)?.[1];
    store.set(name, value, {
      path: '/',
      httpOnly: true,
      secure: line.includes('; Secure'),
      sameSite: line.includes('; SameSite=Strict') ? 'strict' : 'lax',
      ...(age !== undefined && { maxAge: Number(age) }),
    });
  }
}
