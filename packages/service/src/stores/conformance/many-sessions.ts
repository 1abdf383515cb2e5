import assert from 'node:assert/strict';
import { ACTOR_TYPES } from '@pip-sessions/contract/actor';
import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { isMatch } from '../../domain/lists/filter.ts';
import type { Session } from '../../domain/session.ts';
import type { ScanKey, SessionFilter, SessionStore } from '../../domain/store.ts';
import { HOUR_MS, NOW, session } from './fixtures.ts';

/** More than a list of a SQL store looks at in one page. */
const SESSIONS = 12_000;
const PAGES_MAX = 5_000;
const SEED_MAX = 2 ** 31;

/** Whole numbers that look random; the same for the same seed. */
class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(max: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & (SEED_MAX - 1);
    return Math.floor((this.#state / SEED_MAX) * max);
  }

  /** One of the values; the first ones are frequent, and the last one is rare. */
  of<T>(values: readonly T[]): T {
    const at = Math.min(this.below(values.length), this.below(values.length), this.below(values.length));
    return values[this.below(200) === 0 ? values.length - 1 : at] as T;
  }
}

const CLIENTS = ['app', 'browser', 'robot'];
const ADDRESSES = ['10.0.0.1', '10.0.1.1', '2001:db8::1', '192.0.2.9'];
const NAMES = ['Ann', 'Anna', 'Bob', 'Zoë'];
const CLOSERS = ['user', 'key:web', 'key:support'];
const HOURS = [-30, -10, -1, 0, 1, 5, 40];

function sessionOf(n: number, numbers: Numbers): Session {
  // Sessions of one moment are sorted by their ids.
  const open_time = NOW - Math.floor(n / 3) * 10_000;
  const request_time = Math.min(NOW, open_time + numbers.below(4) * HOUR_MS);
  const hasActor = numbers.below(100) === 0;
  const own = {
    user_id: `u${numbers.below(50)}`,
    user_name: numbers.of(NAMES),
    address: numbers.of(ADDRESSES),
    client: numbers.of(CLIENTS),
    open_time,
    request_time,
    active_until: request_time,
    idle_timeout_ms: (1 + numbers.below(60)) * HOUR_MS,
    expire_time: numbers.below(4) === 0 ? open_time + numbers.below(90) * HOUR_MS : null,
    ...(hasActor && { actor_type: numbers.of(ACTOR_TYPES), actor_id: 'bot' }),
  };
  const end = { close_time: request_time, close_reason: numbers.of(CLOSE_REASONS), closed_by: numbers.of(CLOSERS) };
  return session(`s${numbers.below(1_000)}-${n}`, { ...own, ...(numbers.below(3) === 0 && end) });
}

function filterOf(numbers: Numbers): SessionFilter {
  const time = () => NOW + numbers.of(HOURS) * HOUR_MS;
  const values: Required<Omit<SessionFilter, 'id'>> = {
    user_id: 'u7',
    active: numbers.below(2) === 0,
    from_time: time(),
    to_time: time(),
    opened_after: time(),
    opened_before: time(),
    client: numbers.of(CLIENTS),
    address: numbers.of([...ADDRESSES, '10.0.0.0/16']),
    user_name: numbers.of(['an', ...NAMES]),
    close_reason: numbers.of(CLOSE_REASONS),
    closed_by: numbers.of(['policy', ...CLOSERS]),
    actor_type: numbers.of(ACTOR_TYPES),
    actor_id: 'bot',
    expires_before: time(),
    expires_after: time(),
  };
  // A filter with one or two properties is the usual one, and finds more.
  const names = Object.keys(values) as (keyof typeof values)[];
  const chosen = Array.from({ length: 1 + numbers.below(3) }, () => names[numbers.below(names.length)]);
  return Object.fromEntries(names.filter((name) => chosen.includes(name)).map((name) => [name, values[name]]));
}

/** Every filter lists exactly the sessions that it matches, in order, however many sessions there are. */
export async function assertFiltersMatch(store: SessionStore, filters: number, seed = 1): Promise<void> {
  const numbers = new Numbers(seed);
  const all = Array.from({ length: SESSIONS }, (_, n) => sessionOf(n, numbers));
  await Promise.all(all.map((one) => store.insert(one, null, NOW)));
  all.sort((a, b) => b.open_time - a.open_time || (a.id < b.id ? -1 : 1));
  for (let n = 0; n < filters; n += 1) {
    const filter = filterOf(numbers);
    const expected = all.filter((one) => isMatch(one, filter, NOW)).map(({ id }) => id);
    const take = [20, 100, 1_000][numbers.below(3)] ?? 20;
    const found: string[] = [];
    let after: ScanKey | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<SessionStore['scan']>> = await store.scan(filter, after, take, NOW);
      assert.ok(page.sessions.length <= take);
      found.push(...page.sessions.map(({ id }) => id));
      after = page.next;
      pages += 1;
    } while (after !== null && pages < PAGES_MAX);
    assert.deepEqual(found, expected, JSON.stringify({ filter, take, seed }));
  }
}
