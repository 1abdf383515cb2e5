import { randomBytes } from 'node:crypto';
import { userPrefix } from '../../packages/service/src/domain/ids.ts';
import { toJsonText } from '../../packages/service/src/domain/json.ts';
import { open, type Session } from '../../packages/service/src/domain/session.ts';

const DAY_MS = 86_400_000;
/** The sessions were opened evenly over this time before now. */
const SPREAD_MS = 30 * DAY_MS;
const IDLE_TIMEOUT_MS = SPREAD_MS + 2 * DAY_MS;
const SESSIONS_OF_USER = 4;
/** One in this many sessions has the rare values. */
const RARE_EACH = 97_001;
const ACTOR_EACH = 1_000;
const ENDED_EACH = 10;
/** The number of ended sessions that each administrator has ended. */
const BY_ADMINISTRATOR_EACH = 5_000;

export const RARE_ADDRESS = '203.0.113.77';
export const RARE_BLOCK = '203.0.113.0/24';
export const RARE_NAME = 'Zebulon Quist';
export const RARE_CLIENT = browser('Mozilla/5.0 (X11; Haiku x86_64)', 12, 3);
export const FREQUENT_CLIENT = frequentClient(0);
export const ADMINISTRATOR = 'key:administration';
export const ACTOR = 'support-7';

const FIRST =
  'Maria Anna Peter Olga Jean Li Wei Fatima Ahmed Yuki Carlos Marta Ivan Sofia Noah Emma Marek Aisha Tom Ines';
const LAST =
  'Schmidt Garcia Ivanov Tanaka Chen Martin Rossi Silva Nguyen Kowalski Hansen Murphy Kim Novak Dubois Haddad';
const FIRST_NAMES = FIRST.split(' ');
const LAST_NAMES = LAST.split(' ');

function browser(start: string, major: number, build: number): string {
  return `${start} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.${build}.98 Safari/537.36`;
}

function frequentClient(n: number): string {
  return browser('Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 120 + (n % 12), 6_000 + (n % 12));
}

/** A whole number below `max` that looks random; the same for the same `n`. */
function mixed(n: number, max: number): number {
  let x = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return ((x ^ (x >>> 16)) >>> 0) % max;
}

/** A fifth of the addresses is in 10.0.0.0/8, another is of IPv6. */
function addressOf(user: number): string {
  const bytes = mixed(user + 1, 2 ** 24);
  const rest = `${bytes >>> 16}.${(bytes >>> 8) & 255}.${bytes & 255}`;
  if (user % 5 === 0) return `10.${rest}`;
  if (user % 5 === 1) return `2001:db8:${(bytes >>> 8).toString(16)}::${(bytes & 255).toString(16)}`;
  return `${20 + mixed(user + 2, 180)}.${rest}`;
}

function clientOf(n: number): string {
  // One in 50 sessions has a program of which there are few.
  if (n % 50 === 3) return browser('Mozilla/5.0 (Linux; Android 14; SM-A546B)', mixed(n, 100), mixed(n + 1, 10_000));
  return frequentClient(mixed(n, 4) === 0 ? mixed(n + 1, 12) : 0);
}

function nameOf(user: number): string {
  const first = FIRST_NAMES[mixed(user, FIRST_NAMES.length)];
  return `${first} ${LAST_NAMES[mixed(user + 3, LAST_NAMES.length)]} ${mixed(user + 4, 1_000)}`;
}

let ids = Buffer.alloc(0);

/** Makes ids like those of `newSessionId`, with less work for each. */
function idOf(user_id: string): string {
  if (ids.length < 16) ids = randomBytes(65_536);
  const random = ids.toString('hex', 0, 16);
  ids = ids.subarray(16);
  return userPrefix(user_id) + random;
}

/** The `n`-th of `count` sessions, in the order of their opening. */
export function sessionOf(n: number, count: number, now: number): Session {
  const isRare = n % RARE_EACH === 7;
  const user = mixed(n + 11, Math.ceil(count / SESSIONS_OF_USER));
  const user_id = `user-${user}`;
  const time = now - SPREAD_MS + Math.floor((n * SPREAD_MS) / count);
  const hasActor = n % ACTOR_EACH === 5;
  const session = open(
    idOf(user_id),
    {
      user_id,
      user_name: isRare ? `${RARE_NAME} ${n}` : nameOf(user),
      address: isRare ? RARE_ADDRESS : addressOf(user),
      client: isRare ? RARE_CLIENT : clientOf(n),
      user: null,
      data: DATA,
      idle_timeout_ms: IDLE_TIMEOUT_MS,
      expire_time: null,
      ...(hasActor && { actor_type: 'user', actor_id: `support-${mixed(n, 50)}`, actor_reason: 'a call' }),
    },
    time,
  );
  if (n % ENDED_EACH !== 9) return session;
  const closed_by = n % (ENDED_EACH * BY_ADMINISTRATOR_EACH) === 9 ? ADMINISTRATOR : 'user';
  return { ...session, close_time: time + 1_000, close_reason: 'closed', closed_by, data: null };
}

const DATA = toJsonText({ cart: [1, 2, 3], theme: 'dark' });
