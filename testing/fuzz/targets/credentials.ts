import type { Session } from '../../../packages/client/src/index.ts';
import { authenticate, isRejection } from '../../../packages/client/src/middleware/authenticate.ts';
import type { CookieForm } from '../../../packages/client/src/middleware/cookies/cookies.ts';
import type { Exchange } from '../../../packages/client/src/middleware/http-adapter.ts';
import { toSettings } from '../../../packages/client/src/middleware/settings.ts';
import {
  COOKIE_NAME,
  type Cookie,
  type CredentialHeaders,
  cookieHeader,
  credentialHeaders,
  LIVE_TOKEN,
} from '../inputs/credentials.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

const HOST = 'app.example.com';
const TOKEN = /^ps_[0-9a-f]{36}_[A-Za-z0-9_-]{43}$/;
const SET_COOKIE = /^__Host-session=; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=0$/;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** The client's middleware. Only the token of a live session, under the cookie's exact name, may sign a user in. */
export const CREDENTIALS: Target = { name: 'credentials', share: 100, missing: null, open };

async function open(): Promise<OpenTarget> {
  return {
    check: checkOf(credentialHeaders, assertEntrance),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {},
  };
}

async function assertEntrance(request: CredentialHeaders): Promise<void> {
  const asked: string[] = [];
  const settings = toSettings({ client: clientOf(asked) });
  const exchange = new FuzzExchange(request);
  const entered = await authenticate(settings, exchange);
  if (asked.some((token) => !TOKEN.test(token))) throw new Error(`the service was asked for ${JSON.stringify(asked)}`);
  if (exchange.cookie !== null && !SET_COOKIE.test(exchange.cookie)) throw new Error(`Set-Cookie: ${exchange.cookie}`);
  const expected = expectedOf(request);
  const found = isRejection(entered) ? entered.code : entered.current === null ? 'signed out' : 'signed in';
  if (found !== expected) throw new Error(`the request is ${found}, and should be ${expected}`);
}

/** The expected result: a bearer token counts first, else the only cookie of the exact name. */
function expectedOf({ method, authorization, cookies, origin, site }: CredentialHeaders): string {
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  if (TOKEN.test(bearer)) return bearer === LIVE_TOKEN ? 'signed in' : 'signed out';
  const pairs = cookies.flatMap(pairsOf);
  const [own, ...more] = pairs.filter(([name]) => name === COOKIE_NAME);
  if (own === undefined || more.length > 0 || !TOKEN.test(own[1])) return 'signed out';
  const isSame =
    site === null ? origin === null || origin === `https://${HOST}` : site === 'same-origin' || site === 'none';
  if (!SAFE_METHODS.includes(method) && !isSame) return 'CROSS_SITE_REQUEST';
  return own[1] === LIVE_TOKEN ? 'signed in' : 'signed out';
}

/** The pairs of a cookie. A semicolon in a value begins another pair. A pair without an equals sign has no name. */
function pairsOf(cookie: Cookie): (readonly [string, string])[] {
  const pieces = (cookieHeader([cookie]) ?? '').split(';');
  return pieces.flatMap((piece) => {
    const equals = piece.indexOf('=');
    return equals === -1
      ? []
      : [[withoutSpaces(piece.slice(0, equals)), withoutSpaces(piece.slice(equals + 1))] as const];
  });
}

function withoutSpaces(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

class FuzzExchange implements Exchange {
  readonly method: string;
  readonly host = HOST;
  readonly path = '/';
  readonly hasBegun = false;
  latest: Exchange['latest'] = null;
  cookie: string | null = null;
  readonly #headers: ReadonlyMap<string, string | null>;

  constructor({ method, authorization, cookies, origin, site }: CredentialHeaders) {
    this.method = method;
    this.#headers = new Map([
      ['authorization', authorization],
      ['cookie', cookieHeader(cookies)],
      ['origin', origin],
      ['sec-fetch-site', site],
    ]);
  }

  header(name: string): string | null {
    return this.#headers.get(name) ?? null;
  }

  setCookie(_cookie: CookieForm, line: string): void {
    this.cookie = line;
  }

  forbidStore(): void {}

  enforceNoStore(): void {}
}

function clientOf(asked: string[]) {
  const none = async () => {
    throw new Error('the middleware called another method than validate');
  };
  const read = async (token: string): Promise<Session | null> => {
    asked.push(token);
    return token === LIVE_TOKEN ? ({ id: 'live' } as Session) : null;
  };
  return { read, open: none, rotate: none, close: none, own: none, closeOwn: none };
}
