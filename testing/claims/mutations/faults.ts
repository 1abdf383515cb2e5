import { DOMAIN, HTTP, SERVICE, STORES } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const NO_DOOR = '16.5.2, 16.5.3 a fault never opens the door, and is never "no session"';
const WRONG_CLOCK = 'A node whose clock is wrong ends nothing, deletes nothing and sweeps nothing';

export const FAULTS: readonly ClaimMutation[] = [
  {
    claim: NO_DOOR,
    name: 'a session that cannot be read is none',
    test: 'a store that does not',
    file: `${DOMAIN}/sessions.ts`,
    find: 'return this.#store.find(id).then((session) => session && this.#settled(session));',
    replace: 'return this.#store.find(id).then((session) => session && this.#settled(session), () => null);',
  },
  {
    claim: NO_DOOR,
    name: 'a token is unknown while the store does not answer',
    test: 'a store that does not',
    file: `${DOMAIN}/tokens/token-validator.ts`,
    find: 'const known = await this.#lookup.find(parsed.id, age_ms_max);',
    replace:
      'const known = await this.#lookup.find(parsed.id, age_ms_max).catch(() => ({ session: null, age_ms: 0 }));',
  },
  {
    claim: NO_DOOR,
    name: 'nobody is told when to come again',
    test: 'a store that does not',
    file: `${HTTP}/error-response.ts`,
    find: "...(status === 503 && { 'retry-after': 1 }),",
    replace: '',
  },
  {
    claim: 'An answered write is there after `kill -9`',
    name: 'writes are answered before their commit',
    test: 'every session that was answered',
    file: `${STORES}/sqlite/transaction.ts`,
    find: '    begin.run();\n    try {\n      const result = work();\n      commit.run();',
    replace:
      '    if (!db.isTransaction) begin.run();\n    try {\n      const result = work();\n      if (Date.now() % 50 === 0) commit.run();',
  },
  {
    claim: 'The clock steps back',
    name: 'the clock steps back with the machine',
    test: 'the clock stands still',
    file: `${DOMAIN}/time/clock.ts`,
    find: 'if (time > latest) latest = time;',
    replace: 'latest = time;',
  },
  {
    claim: WRONG_CLOCK,
    name: 'a node with a wrong clock is ready',
    test: 'a node with a wrong clock',
    file: `${HTTP}/health.ts`,
    find: "if (clock !== null) return { status: 'unavailable', checks: { store, clock } };",
    replace: '',
  },
  {
    claim: WRONG_CLOCK,
    name: 'a node with a wrong clock sweeps',
    test: 'a node with a wrong clock',
    file: `${SERVICE}/sweeper.ts`,
    find: 'if ((await this.#clocks.check()) === null) return',
    replace: 'if (had || !had) return',
  },
  {
    claim: WRONG_CLOCK,
    name: 'a node with a wrong clock ends what is past its deadline',
    test: 'a clock that steps',
    on: 'redis: ',
    file: `${DOMAIN}/session.ts`,
    find: '    mayEnd();\n    return { outcome: update.type',
    replace: '    return { outcome: update.type',
  },
  {
    claim: WRONG_CLOCK,
    name: 'a node with a wrong clock takes a token for one of after its grace',
    test: 'a token in its grace ends',
    on: 'redis: ',
    file: `${DOMAIN}/tokens/token-validator.ts`,
    find: 'assertMayEnd(this.#clock);',
    replace: '',
  },
  {
    claim: 'A lease that a wrong clock has made keeps nobody from sweeping',
    name: 'a lease holds however far ahead it is',
    test: 'a lease far beyond',
    file: `${STORES}/redis/data/scripts/lease.ts`,
    find: 'local is_void = lease_ms > 0 and',
    replace: 'local is_void = lease_ms < 0 and',
  },
  {
    claim: 'A fault tells nothing of the inside',
    name: 'an error says what has happened inside',
    test: 'a fault of the service',
    file: `${HTTP}/error-response.ts`,
    find: 'error instanceof RequestError ? error : INTERNAL;',
    replace: "error instanceof RequestError ? error : new RequestError('INTERNAL', String(error));",
  },
  {
    claim: 'A fault tells nothing of the inside',
    name: 'a fault of the service is not in the log',
    test: 'a fault of the service',
    file: `${HTTP}/error-response.ts`,
    find: "this.#incidents.write({ event: 'request_failed', ...about, err: error }, address);",
    replace: "this.#incidents.write({ event: 'request_failed', ...about, err: null }, address);",
  },
  {
    claim: WRONG_CLOCK,
    name: 'a clock may be 40 seconds off',
    test: 'a clock more than',
    file: `${DOMAIN}/time/clock-check.ts`,
    find: 'const CLOCK_DIFFERENCE_MS_MAX = 10_000;',
    replace: 'const CLOCK_DIFFERENCE_MS_MAX = 40_000;',
  },
  {
    claim: 'A fault tells nothing of the inside',
    name: 'API v2 says what has happened inside',
    test: 'a fault of the service',
    file: `${HTTP}/error-response.ts`,
    find: "const text = format === 'v1' ? errorText(known, correlation_id) : problemText(known, correlation_id);",
    replace:
      "const text = format === 'v1' ? errorText(known, correlation_id) : problemText(known, String((error as Error).stack));",
  },
  {
    claim: 'The clock steps back',
    name: 'a service goes by the clock of the machine',
    test: 'the clock of a service',
    file: `${SERVICE}/service.ts`,
    find: 'new CheckedClock(systemClock());',
    replace: 'new CheckedClock({ now: () => Date.now() });',
  },
];
