import { hash } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Keys by which sessions are searched. SQL stores keep them in columns of their own, because every store must compare
 * in the same way.
 */

/** The maximum length of a key, so that it fits into an index. A prefix of a name may be as long. */
export const KEY_LENGTH_MAX = 255;

const IS_ASCII = /^[\0-\x7f]*$/;

/** Returns a name in the form in which prefixes are compared, in any case of its letters. */
export function nameKey(name: string): string {
  // Each character by itself: the lower case of some letters depends on the one that follows.
  const text = IS_ASCII.test(name)
    ? name.toLowerCase()
    : Array.from(name.normalize(), (one) => one.toLowerCase()).join('');
  return text.slice(0, KEY_LENGTH_MAX).toWellFormed();
}

/** A range of keys, both ends inclusive. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** No rest of a key comes after it: the last character, as often as fits into a key. */
const LAST = '\u{10ffff}'.repeat(Math.ceil(KEY_LENGTH_MAX / 2));

/** The range of the names that begin with a prefix. */
export function nameRange(prefix: string): KeyRange {
  const from = nameKey(prefix);
  return { from, to: from + LAST };
}

/** Returns the key of an address: its bits in hex for an IP address, so that a block is a range; else its text. */
export function addressKey(address: string): string {
  return ipKey(address) ?? textKey(address);
}

/**
 * Returns the range of an IP address, of a CIDR block such as `10.0.0.0/8` (RFC 4632), or of another text, which must
 * be the same text. Null for a block whose prefix length is wrong.
 */
export function addressRange(text: string): KeyRange | null {
  const slash = text.indexOf('/');
  const key = ipKey(slash < 0 ? text : text.slice(0, slash));
  if (key === null) return { from: textKey(text), to: textKey(text) };
  if (slash < 0) return { from: key, to: key };
  const length = text.slice(slash + 1);
  const bits = (key.length - 1) * 4;
  // The IPv4 addresses within IPv6 have 96 bits more.
  const more = bits === 32 && text.includes(':') ? 96 : 0;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) < more || Number(length) > bits + more) return null;
  return block(key, Number(length) - more);
}

/** The first and the last address of the block with the first `bits` bits of the key. */
function block(key: string, bits: number): KeyRange {
  const digits = Math.ceil(bits / 4);
  const head = key.slice(0, 1 + Math.floor(bits / 4));
  const mask = 15 >> (bits % 4);
  const digit = bits % 4 === 0 ? null : Number.parseInt(key.charAt(digits), 16);
  const middle = (value: number) => (digit === null ? '' : value.toString(16));
  const rest = key.length - 1 - digits;
  return {
    from: `${head}${middle((digit ?? 0) & ~mask)}${'0'.repeat(rest)}`,
    to: `${head}${middle((digit ?? 0) | mask)}${'f'.repeat(rest)}`,
  };
}

/** A text that is no IP address. It is not compared with keys of IP addresses, which begin with a digit. */
function textKey(text: string): string {
  return `-${text}`.slice(0, KEY_LENGTH_MAX).toWellFormed();
}

/** `4` and 8 hex digits, or `6` and 32. An IPv4 address within IPv6 (`::ffff:10.0.0.1`) is one of IPv4. */
function ipKey(text: string): string | null {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 4) return `4${ipv4Digits(text)}`;
  if (version !== 6) return null;
  const digits = ipv6Digits(text);
  return digits.startsWith(MAPPED) ? `4${digits.slice(MAPPED.length)}` : `6${digits}`;
}

const MAPPED = `${'0'.repeat(20)}ffff`;

/** Character by character: it runs at every open, and `split` takes twice as long. */
function ipv4Digits(text: string): string {
  let digits = '';
  let byte = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      digits += HEX[byte];
      byte = 0;
    } else byte = byte * 10 + code - ZERO;
  }
  return digits + HEX[byte];
}

const DOT = 46;
const ZERO = 48;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function ipv6Digits(text: string): string {
  const last = text.lastIndexOf(':') + 1;
  const tail = text.includes('.') ? ipv4Digits(text.slice(last)) : null;
  const groups = tail === null ? text : `${text.slice(0, last)}${tail.slice(0, 4)}:${tail.slice(4)}`;
  const [before = [], after = []] = groups.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0').toLowerCase()).join('');
}

/** Many users have the same browser. At this number of texts, the numbers are computed anew. */
const NUMBERS_MAX = 1_000;
const numbers = new Map<string, number>();

/** Returns a number that stands for a long text in an index. Texts with the same number are compared themselves. */
export function textNumber(text: string): number {
  let number = numbers.get(text);
  if (number === undefined) {
    number = Number.parseInt(hash('sha256', text, 'hex').slice(0, 8), 16);
    if (numbers.size >= NUMBERS_MAX) numbers.clear();
    numbers.set(text, number);
  }
  return number;
}
