import { CLIENT, DOMAIN, HTTP, SERVICE, STORES } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const NEAR_CACHE = `${CLIENT}/near-cache`;
const ENDED = '7.4.1 an ended session is unusable, also from memory';
const STOPPED = 'A suspended machine, a stopped process, a clock that is set';
const DOUBT = 'A node in doubt about its store says so';
const STRANGERS = "Strangers on a store's channel learn no ids and no users";
const FORGED = 'What strangers send there ends nothing, and makes no cache serve longer';
const RIGHTS = 'The service needs no more rights in its store than documented';
const LISTENERS = 'Listeners cannot exhaust the service, nor hold up its requests';

/** Sessions in the memory of callers and nodes, and what tells of their changes. */
export const IN_MEMORY: readonly ClaimMutation[] = [
  {
    claim: ENDED,
    name: 'what a change has overtaken is kept',
    test: 'no order of ends',
    file: `${NEAR_CACHE}/near-cache.ts`,
    find: 'if (this.#source.now() >= until || this.#changes.since(id, read_at, revision)) return;',
    replace: 'if (this.#source.now() >= until) return;',
  },
  {
    claim: ENDED,
    name: 'a cache answers while nothing is heard',
    test: 'no order of ends',
    file: `${NEAR_CACHE}/near-cache.ts`,
    find: ' || now >= this.#source.freshUntil()) return undefined;',
    replace: ') return undefined;',
  },
  {
    claim: ENDED,
    name: 'what is known is served for five seconds',
    test: 'no order of ends',
    file: `${NEAR_CACHE}/freshness.ts`,
    find: 'const BOUND_MS = 3_000;',
    replace: 'const BOUND_MS = 5_000;',
  },
  {
    claim: STOPPED,
    name: 'a difference of the clocks is not looked at',
    test: 'nor does a process',
    file: `${CLIENT}/elapsed-clock.ts`,
    find: 'this.#lead += Math.abs(difference) + LEAP_MS;',
    replace: '',
  },
  {
    claim: STOPPED,
    name: 'what is known is served for ten seconds',
    test: 'a process that was stopped',
    file: `${NEAR_CACHE}/freshness.ts`,
    find: 'const BOUND_MS = 3_000;',
    replace: 'const BOUND_MS = 10_000;',
  },
  {
    claim: STOPPED,
    name: 'a heartbeat may seem to come from the future',
    test: 'no heartbeat counts',
    file: `${NEAR_CACHE}/change-events.ts`,
    find: 'return Math.min(told_until, now) + FRESH_MS;',
    replace: 'return told_until + FRESH_MS;',
  },
  {
    claim: 'The same for a node of the service',
    name: 'a node looks at no difference of its clocks',
    test: ' serves no revoked session',
    on: 'redis',
    file: `${DOMAIN}/time/elapsed-time.ts`,
    find: 'return elapsed.now();',
    replace: 'return monotonicTime();',
  },
  {
    claim: 'The same for a node of the service',
    name: 'the change stream has the time of the monotonic clock',
    test: 'the change stream of a node',
    file: `${DOMAIN}/time/elapsed-time.ts`,
    find: 'return elapsed.now();',
    replace: 'return monotonicTime();',
  },
  {
    claim: DOUBT,
    name: 'heartbeats report now while the store is silent',
    test: 'while the store is silent',
    file: `${HTTP}/changes/change-feed.ts`,
    find: 'this.#broadcast.beat(this.#source.toldUntil());',
    replace: 'this.#broadcast.beat(elapsedTime());',
  },
  {
    claim: DOUBT,
    name: 'a heartbeat of before the stream was opened counts',
    test: 'while a node is cut off',
    file: `${NEAR_CACHE}/change-events.ts`,
    find: 'if (time < this.#taken) return null;',
    replace: '',
  },
  {
    claim: 'The stream of changes tells nothing of users',
    name: 'a change names its user',
    test: 'every change is told',
    file: `${HTTP}/changes/change-log.ts`,
    find: 'JSON.stringify({ id, revision, close_reason })',
    replace: 'JSON.stringify({ id, revision, close_reason, user_id: change.user_id })',
  },
  {
    claim: STRANGERS,
    name: 'PostgreSQL: notifications are not encrypted',
    test: 'postgres: a role',
    file: `${STORES}/postgres/feed/feed-messages.ts`,
    find: 'return toTexts(changes).map((text) => this.#sealer.seal(text, this.#contextOf(process_id)));',
    replace: 'return toTexts(changes).map((text) => this.#sealer.sender + text);',
  },
  {
    claim: STRANGERS,
    name: 'PostgreSQL: every role may read the sessions',
    test: 'postgres: a role',
    file: `${STORES}/postgres/feed/feed.ts`,
    find: "const texts = ['SET synchronous_commit = off',",
    replace:
      "const texts = ['GRANT USAGE ON SCHEMA pip_sessions TO PUBLIC', 'GRANT SELECT ON pip_sessions.sessions TO PUBLIC',",
  },
  {
    claim: STRANGERS,
    name: 'Redis: messages are not encrypted',
    test: 'redis: a user',
    file: `${STORES}/redis/feed/feed-messages.ts`,
    find: "return { text: this.#sealer.seal(lines.join('\\n'), this.#channel), secret };",
    replace: "return { text: this.#sealer.sender + lines.join(','), secret };",
  },
  {
    claim: FORGED,
    name: 'PostgreSQL: what is not encrypted is believed',
    test: 'postgres: forged',
    file: `${STORES}/postgres/feed/feed-messages.ts`,
    find: 'return text === null ? null : fromText(text);',
    replace: 'return fromText(text ?? payload);',
  },
  {
    claim: FORGED,
    name: 'PostgreSQL: any beat counts',
    test: 'postgres: forged',
    file: `${STORES}/postgres/feed/beats.ts`,
    find: 'if (time === undefined) return null;',
    replace: 'if (time === undefined) return elapsedTime();',
  },
  {
    claim: FORGED,
    name: 'PostgreSQL: a copy is believed, whoever sends it',
    test: 'postgres: forged',
    file: `${STORES}/shared/feed/cipher.ts`,
    find: 'const text = decrypt(sender.key, sealed, context);\n    if (text === null || !sender.window.take(sealed.readUIntBE(0, COUNTER_BYTES))) return null;',
    replace:
      'globalThis.opened ??= new Map();\n    const text = decrypt(sender.key, sealed, context) ?? globalThis.opened.get(message) ?? null;\n    globalThis.opened.set(message, text);\n    if (text === null) return null;',
  },
  {
    claim: FORGED,
    name: 'Redis: what is not encrypted is believed',
    test: 'redis: forged',
    file: `${STORES}/redis/feed/feed-messages.ts`,
    find: "this.#reader.open(sealed, this.#channel);\n    if (text === null) return null;\n    const [secret = '', shard = '', ...lines] = text.split('\\n');\n    if (hash('sha1', secret + digits, 'hex') !== proof) return null;",
    replace:
      "(this.#reader.open(sealed, this.#channel) ?? '\\n\\n' + sealed);\n    if (text === null) return null;\n    const [secret = '', shard = '', ...lines] = text.split('\\n');",
  },
  {
    claim: RIGHTS,
    name: 'PostgreSQL: the start locks a row that it may only read',
    test: 'postgres: with one right less',
    file: `${STORES}/postgres/feed/feed-messages.ts`,
    find: "'hex') FROM feed_key`",
    replace: "'hex') FROM feed_key FOR UPDATE`",
  },
  {
    claim: RIGHTS,
    name: 'Redis: the lease needs one command more',
    test: 'redis: with one right less',
    file: `${STORES}/redis/data/scripts/lease.ts`,
    find: "redis.call('SET', KEYS[1],",
    replace: "redis.call('GETSET', KEYS[1],",
  },
  {
    claim: LISTENERS,
    name: 'a listener that reads too slowly stays',
    test: 'a listener that reads',
    file: `${HTTP}/changes/change-feed.ts`,
    find: '      response.destroy();\n      onSlow(address);',
    replace: '      onSlow(address);',
  },
  {
    claim: LISTENERS,
    name: 'fifty thousand may listen',
    test: 'a service as it is started takes',
    file: `${HTTP}/changes/change-feed.ts`,
    find: 'LISTENERS_MAX = 5_000;',
    replace: 'LISTENERS_MAX = 50_000;',
  },
  {
    claim: LISTENERS,
    name: 'one key may take all places',
    test: 'one key of scope',
    file: `${HTTP}/changes/change-feed.ts`,
    find: '...(key === null ? [] :',
    replace: '...(key !== null ? [] :',
  },
  {
    claim: LISTENERS,
    name: 'all listeners are written to at once',
    test: 'other work',
    file: `${HTTP}/changes/broadcast.ts`,
    find: 'const VISITS_PER_TURN = 64;',
    replace: 'const VISITS_PER_TURN = 5_000;',
  },
  {
    claim: ENDED,
    name: 'a node answers from its memory while its store tells nothing',
    test: 'nothing is answered from memory',
    file: `${SERVICE}/near-sessions/near-sessions.ts`,
    find: 'freshUntil: () => store.toldUntil() + FRESH_MS,',
    replace: 'freshUntil: () => now() + FRESH_MS,',
  },
];
