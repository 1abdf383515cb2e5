import { setTimeout as delay } from 'node:timers/promises';
import type { SessionFilter } from '../../../packages/service/src/domain/store.ts';
import { type Answered, type Closed, monotonicMicros, type Operation, type RestCount, type Seen } from '../history.ts';
import type { Slots } from './slots.ts';
import type { World } from './world.ts';

const AT_ONCE = 64;
const PAGE = 1_000;
const SERVING_WITHIN_MS = 30_000;
const POLL_MS = 50;
/** One of this many sessions is read individually at each rest. */
const READ_EACH = 2;

/**
 * Reads everything through every node while no call of a client is in progress, and removes sessions that no client
 * uses.
 */
export class Rest {
  readonly #world: World;
  readonly #slots: Slots;
  #rests = 0;

  constructor(world: World, slots: Slots) {
    this.#world = world;
    this.#slots = slots;
  }

  async run(): Promise<void> {
    this.#rests += 1;
    const nodes = Array.from({ length: this.#world.node_count }, (_, node) => node);
    for (const node of nodes) await this.#whenServing(node);
    await this.#world.rest();
    let sessions: readonly Seen[] = [];
    for (const node of nodes) sessions = await this.#look(node, node === nodes.at(-1));
    this.#world.resume();
    await this.#retire(sessions);
  }

  /** Waits until the node serves again after a fault. */
  async #whenServing(node: number): Promise<void> {
    const end = Date.now() + SERVING_WITHIN_MS;
    for (;;) {
      const { result } = await this.#world.call(node, { kind: 'count', filter: {} });
      if (result.is === 'count') return;
      if (Date.now() > end)
        throw new Error(`node ${node} still does not serve ${SERVING_WITHIN_MS} ms after the last fault`);
      await delay(POLL_MS);
    }
  }

  async #look(node: number, isLast: boolean): Promise<readonly Seen[]> {
    const start = monotonicMicros();
    const sessions = await this.#scan(node, {});
    await this.#each(
      sessions.filter(({ number }) => (number + this.#rests) % READ_EACH === 0),
      ({ id }) => this.#world.call(node, { kind: 'get', id }),
    );
    const counts: RestCount[] = [];
    for (const filter of filtersOf(sessions, this.#rests)) counts.push(await this.#count(node, filter));
    const stats = isLast ? await this.#stats(node) : null;
    this.#world.note({ type: 'rest', start, time: monotonicMicros(), node, sessions, counts, stats });
    return sessions;
  }

  async #scan(node: number, filter: SessionFilter): Promise<readonly Seen[]> {
    const sessions: Seen[] = [];
    for (let after = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const operation: Operation = { kind: 'scan', filter, after, take: PAGE };
      const { result } = await this.#world.call(node, operation);
      if (result.is !== 'page') throw new Error(`a scan at rest on node ${node} returned ${result.is}`);
      sessions.push(...result.sessions);
      after = result.next;
    }
    return sessions;
  }

  async #count(node: number, filter: SessionFilter): Promise<RestCount> {
    const scanned = (await this.#scan(node, filter)).map(({ id }) => id);
    const counted = await this.#world.call(node, { kind: 'count', filter });
    const isV1 = Object.keys(filter).every((name) =>
      ['id', 'user_id', 'active', 'from_time', 'to_time'].includes(name),
    );
    const list: Operation = { kind: 'list', filter, skip: 0, take: 1, total: true };
    const listed = isV1 ? await this.#world.call(node, list) : null;
    if (counted.result.is !== 'count') throw new Error(`a count at rest on node ${node} returned ${counted.result.is}`);
    const total = listed?.result.is === 'page' ? listed.result.total : null;
    return { filter, count: counted.result.count, total, scanned };
  }

  async #stats(node: number): Promise<{ live: number; opened: number; closed: Closed } | null> {
    await this.#world.call(node, { kind: 'closeExpired' });
    const { result } = await this.#world.call(node, { kind: 'stats' });
    return result.is === 'stats' ? { live: result.live, opened: result.opened, closed: result.closed } : null;
  }

  async #retire(sessions: readonly Seen[]): Promise<void> {
    this.#slots.age();
    const unused = sessions.filter(({ number }) => !this.#slots.holds(number));
    const numbers = new Set(unused.map(({ number }) => number));
    this.#slots.forget(numbers);
    await this.#each(unused, ({ id }, at) => this.#world.call(at % this.#world.node_count, { kind: 'remove', id }));
    this.#world.note({ type: 'retired', time: monotonicMicros(), numbers: [...numbers] });
  }

  async #each(sessions: readonly Seen[], call: (session: Seen, at: number) => Promise<Answered>): Promise<void> {
    for (let first = 0; first < sessions.length; first += AT_ONCE) {
      await Promise.all(sessions.slice(first, first + AT_ONCE).map((session, at) => call(session, at)));
    }
  }
}

/** Filters of every kind, with existing values. */
function filtersOf(sessions: readonly Seen[], rests: number): readonly SessionFilter[] {
  const one = sessions[rests % Math.max(1, sessions.length)];
  const all: SessionFilter[] = [{}, { active: true }, { active: false }, { client: 'phone' }];
  if (!one) return all;
  const { user: user_id, request_time, id, address } = one;
  return [
    ...all,
    { user_id },
    { user_id, active: true },
    { user_id, active: false },
    { id },
    { from_time: request_time },
    { to_time: request_time, active: true },
    { user_id, from_time: request_time, active: false },
    { close_reason: one.close_reason ?? 'idle' },
    { user_id, client: 'laptop', ...(address !== null && { address }) },
  ];
}
