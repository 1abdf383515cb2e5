import fc from 'fast-check';
import { oddString } from './odd-values.ts';

/** The credentials in a browser's request, in the form that is generated, shrunk and printed. */
export interface CredentialHeaders {
  readonly method: string;
  readonly authorization: string | null;
  readonly cookies: readonly Cookie[];
  readonly origin: string | null;
  readonly site: string | null;
}

/** A pair of a Cookie header, with any text before the name, around the equals sign and after the value. */
export interface Cookie {
  readonly before: string;
  readonly name: string;
  readonly between: string;
  readonly value: string;
  readonly after: string;
}

export const COOKIE_NAME = '__Host-session';
/** RFC 6265, section 5.2: only these are trimmed from names and values. */
const SPACES = ['', '', '', ' ', '\t', ' \t '];
/** Every byte that may stand next to a cookie's name. A semicolon would end the pair, an equals sign the name. */
const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (char) => !/[;=\t ]/.test(char),
);

const id = '0123456789abcdef0123456789abcdef0123';
export const LIVE_TOKEN = `ps_${id}_${'A'.repeat(43)}`;
const TOKENS = [
  LIVE_TOKEN,
  LIVE_TOKEN,
  LIVE_TOKEN,
  `ps_${id}_${'B'.repeat(43)}`,
  LIVE_TOKEN.slice(0, -1),
  `${LIVE_TOKEN}A`,
  LIVE_TOKEN.toUpperCase(),
  `"${LIVE_TOKEN}"`,
  LIVE_TOKEN.replaceAll('_', '%5F'),
  `ps_${id}_${'é'.repeat(43)}`,
  '',
];
const token = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...TOKENS) }, { weight: 1, arbitrary: oddString });
const space = fc.constantFrom(...SPACES);
const byte = fc.constantFrom(...BYTES);

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constant(COOKIE_NAME) },
  { weight: 2, arbitrary: byte.map((char) => `${char}${COOKIE_NAME}`) },
  { weight: 2, arbitrary: byte.map((char) => `${COOKIE_NAME}${char}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'session',
      '__host-session',
      '__Secure-session',
      '__Host-session.x',
      '"__Host-session"',
      '',
    ),
  },
);

const cookie: fc.Arbitrary<Cookie> = fc.record(
  {
    before: space,
    name,
    between: fc.oneof(
      { weight: 8, arbitrary: space.chain((left) => space.map((right) => `${left}=${right}`)) },
      { weight: 1, arbitrary: fc.constantFrom('', '==') },
    ),
    value: token,
    after: space,
  },
  { noNullPrototype: true },
);

const authorization = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('Bearer ', 'bearer ', 'Bearer', 'Bearer  ', 'Bearer\t', 'Basic ', 'BearerX '), token)
      .map((all) => all.join('')),
  },
  { weight: 1, arbitrary: oddString },
);

/** Requests with valid tokens, and with texts that resemble them, in cookies and headers. */
export const credentialHeaders: fc.Arbitrary<CredentialHeaders> = fc.record(
  {
    method: fc.constantFrom('GET', 'GET', 'POST', 'get', 'HEAD', 'DELETE', ''),
    authorization,
    cookies: fc.array(cookie, { maxLength: 4 }),
    origin: fc.constantFrom(
      null,
      null,
      'https://app.example.com',
      'https://attacker.example',
      'null',
      '',
      'https://app.example.com.attacker.example',
    ),
    site: fc.constantFrom(null, null, 'same-origin', 'none', 'same-site', 'cross-site', 'SAME-ORIGIN', ''),
  },
  { noNullPrototype: true },
);

/** The value of the Cookie header; null if there are no cookies. */
export function cookieHeader(cookies: readonly Cookie[]): string | null {
  if (cookies.length === 0) return null;
  return cookies
    .map(({ before, name: text, between, value, after }) => `${before}${text}${between}${value}${after}`)
    .join(';');
}
