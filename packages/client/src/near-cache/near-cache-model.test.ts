import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChangeLog } from '../../../service/src/http/v2/changes/change-log.ts';
import { ChangeEvents } from './change-events.ts';
import { NearCache } from './near-cache.ts';

/** The published bound: how long after its end a session may be answered as live from memory. */
const BOUND_MS = 3_000;
const HEARTBEAT_MS = 1_000;
const IDS = ['a', 'b'];

const ms = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4_000 }));
const id = fc.constantFrom(...IDS);
const node = fc.nat({ max: 1 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('read' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), id }) },
  // All goes well for a while, but for the requests and answers that are on their way.
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('seconds pass' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  // The network between the client and the nodes, and between the nodes and the store.
  { weight: 4, arbitrary: fc.record({ do: fc.constant('requests arrive' as const), node }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answers arrive' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('events arrive' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store tells' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('store is cut off' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store is back' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stream breaks' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stream opens' as const), node }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Answer {
  readonly isLive: boolean;
  readonly revision: number;
  readonly age_ms: number;
}

/** A node before the store, with a cache of its own; its clock has another beginning than the client's. */
class Node {
  readonly #world: World;
  readonly clock_offset: number;
  log = new ChangeLog(3);
  readonly cache: NearCache<{ readonly isLive: boolean; readonly revision: number; readonly asked: number }>;
  /** What the store has told and this node has not taken yet. */
  untold: string[] = [];
  isCutOff = false;
  told_until = 0;
  subscriber: ((event: string) => void) | null = null;

  constructor(world: World, clock_offset: number) {
    this.#world = world;
    this.clock_offset = clock_offset;
    this.cache = new NearCache(
      {
        load: async (key) => {
          const asked = world.now;
          if (this.isCutOff) throw new Error('the store does not answer');
          const isLive = world.ended.get(key) === undefined;
          const revision = isLive ? 1 : 2;
          return { value: { isLive, asked, revision }, keep_ms: 60_000, age_ms: 0, bytes: 1, revision };
        },
        idOf: (key) => key,
        freshUntil: () => this.told_until + BOUND_MS,
        now: () => world.now,
      },
      { entries_max: 10, bytes_max: 1e6, age_ms_max: 60_000 },
    );
  }

  /** The store's feed reaches this node, whole or, after an interruption, as a gap. */
  takeTold(): void {
    if (this.isCutOff) return;
    for (const changed of this.untold.splice(0)) this.#tell(changed);
    this.told_until = this.#world.now;
  }

  back(): void {
    if (!this.isCutOff) return;
    this.isCutOff = false;
    this.untold = [];
    this.cache.gap();
    const event = this.log.add({ type: 'gap' });
    this.subscriber?.(event);
  }

  heartbeat(): string {
    return `event: heartbeat\ndata: {"time":${this.told_until + this.clock_offset}}\n\n`;
  }

  async answer(key: string, age_ms_max: number): Promise<Answer> {
    const began = this.#world.now;
    let found = await this.cache.read(key);
    if (began - found.asked > age_ms_max) {
      this.cache.forget(key);
      found = await this.cache.read(key);
    }
    const { isLive, revision, asked } = found;
    return { isLive, revision, age_ms: began - asked };
  }

  #tell(changed: string): void {
    this.cache.changed(changed, { revision: 2, hasEnded: true });
    const event = this.log.add({ type: 'changed', id: changed, user_id: 'u', revision: 2, close_reason: 'closed' });
    this.subscriber?.(event);
  }
}

class World {
  now = 10_000;
  readonly ended = new Map<string, number>();
  readonly nodes = [new Node(this, 500_000), new Node(this, -7_000)] as const;
  readonly #cache: NearCache<boolean>;
  #events: string[] = [];
  #stream: ChangeEvents | null = null;
  #last_id: string | null = null;
  #fresh_until = Number.NEGATIVE_INFINITY;
  #requests: { key: string; age_ms_max: number; resolve: (answer: Answer) => void; reject: (error: Error) => void }[] =
    [];
  #answers: (() => void)[] = [];
  #beat_at = 10_000;

  constructor() {
    this.#cache = new NearCache(
      {
        load: async (key, age_ms_max) => {
          const { promise, resolve, reject } = Promise.withResolvers<Answer>();
          this.#requests.push({ key, age_ms_max, resolve, reject });
          const { isLive, revision, age_ms } = await promise;
          return { value: isLive, keep_ms: isLive ? 60_000 : 0, age_ms, bytes: 1, revision };
        },
        ended: Promise.resolve(false),
        idOf: (key) => key,
        freshUntil: () => this.#fresh_until,
        now: () => this.now,
      },
      { entries_max: 10, bytes_max: 1e6, age_ms_max: 60_000 },
    );
  }

  async follow(next: Step): Promise<void> {
    switch (next.do) {
      case 'wait':
        this.#wait(next.ms);
        break;
      case 'seconds pass':
        for (let second = 0; second < next.count; second += 1) {
          for (const node of this.nodes) node.takeTold();
          this.#wait(HEARTBEAT_MS);
          for (const text of this.#events.splice(0)) this.#hear(text);
        }
        break;
      case 'end':
        if (this.ended.has(next.id)) break;
        this.ended.set(next.id, this.now);
        for (const node of this.nodes) if (!node.isCutOff) node.untold.push(next.id);
        break;
      case 'read':
        await this.#read(next.id);
        break;
      case 'requests arrive':
        for (const request of this.#requests.splice(0)) {
          const node = this.nodes[next.node] ?? this.nodes[0];
          const answer = node.answer(request.key, request.age_ms_max);
          await answer.then(
            (value) => {
              this.#assertNotLate(request.key, value.isLive, 'a node');
              this.#answers.push(() => request.resolve(value));
            },
            (error) => this.#answers.push(() => request.reject(error)),
          );
        }
        break;
      case 'answers arrive':
        for (const arrive of this.#answers.splice(0)) arrive();
        break;
      case 'events arrive':
        for (const text of this.#events.splice(0, next.count)) this.#hear(text);
        break;
      case 'store tells':
        this.nodes[next.node]?.takeTold();
        break;
      case 'store is cut off': {
        const node = this.nodes[next.node];
        if (node) node.isCutOff = true;
        break;
      }
      case 'store is back':
        this.nodes[next.node]?.back();
        break;
      case 'stream breaks':
        this.#break();
        break;
      case 'stream opens':
        this.#open(this.nodes[next.node] ?? this.nodes[0]);
    }
    for (let turn = 0; turn < 8; turn += 1) await null;
  }

  /** A hit is answered before any request is made, and by `peek` as by `read`. */
  async #read(key: string): Promise<void> {
    const peeked = this.#cache.peek(key);
    const { hits } = this.#cache.stats();
    const value = this.#cache.read(key);
    value.catch(() => {});
    assert.equal(this.#cache.stats().hits > hits, peeked !== undefined);
    if (peeked === undefined) return;
    assert.equal(await value, peeked);
    this.#assertNotLate(key, peeked, 'the client');
  }

  #assertNotLate(key: string, isLive: boolean, who: string): void {
    const ended = this.ended.get(key);
    if (!isLive || ended === undefined) return;
    const late_ms = this.now - ended;
    assert.ok(late_ms <= BOUND_MS, `${who} has answered ${key} as live ${late_ms} ms after its end`);
  }

  #wait(duration_ms: number): void {
    const end = this.now + duration_ms;
    while (this.#beat_at <= end) {
      this.now = this.#beat_at;
      this.#beat_at += HEARTBEAT_MS;
      for (const node of this.nodes) node.subscriber?.(node.heartbeat());
    }
    this.now = end;
  }

  #open(node: Node): void {
    this.#break();
    this.#stream = new ChangeEvents(
      { changed: (changed, change) => this.#cache.changed(changed, change), gap: () => this.#cache.gap() },
      this.now,
    );
    const missed = (this.#last_id === null ? null : node.log.after(this.#last_id)) ?? node.log.gap();
    this.#events = [`event: hello\ndata: {"time":${this.now + node.clock_offset}}\n\n`, missed, node.heartbeat()];
    node.subscriber = (event) => this.#events.push(event);
  }

  #break(): void {
    for (const node of this.nodes) node.subscriber = null;
    this.#events = [];
    this.#stream = null;
  }

  #hear(text: string): void {
    for (const { event, fresh_until } of this.#stream?.take(new TextEncoder().encode(text)) ?? []) {
      if (event.id !== null) this.#last_id = event.id;
      if (fresh_until !== null) this.#fresh_until = Math.max(this.#fresh_until, fresh_until);
    }
  }
}

/** Both nodes and the client know all sessions, and hear of every change. */
const BEGINNING: readonly Step[] = [
  { do: 'stream opens', node: 1 },
  { do: 'seconds pass', count: 1 },
  ...[0, 1].flatMap((node): Step[] => [
    ...IDS.map((id): Step => ({ do: 'read', id })),
    { do: 'requests arrive', node },
    ...(node === 0 ? [{ do: 'stream breaks' as const }, { do: 'stream opens' as const, node: 1 }] : []),
    { do: 'answers arrive' },
    { do: 'events arrive', count: 4 },
  ]),
];

test('no order of ends, reads, delays, partitions and restarts makes a cache answer a session as live beyond the bound', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
    const world = new World();
    for (const next of [...BEGINNING, ...steps]) await world.follow(next);
  });
  await fc.assert(property, { numRuns: 2_000 });
});
