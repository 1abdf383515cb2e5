import { DOMAIN, HTTP, SERVICE, STORES } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

export const FAULTS: readonly ClaimMutation[] = [
  {
    id: 'ASVS-16.5.2',
    name: 'a session that cannot be read is reported as unknown',
    file: `${DOMAIN}/sessions.ts`,
    find: 'return this.#store.find(id).then((session) => session && settled(this.#store, session, this.#clock.now()));',
    replace:
      'return this.#store.find(id).then((session) => session && settled(this.#store, session, this.#clock.now()), () => null);',
  },
  {
    id: 'ASVS-16.5.2',
    name: 'a token is reported as unknown while the store does not respond',
    file: `${DOMAIN}/tokens/token-validator.ts`,
    find: 'const known = await this.#lookup.find(parsed.id, age_ms_max ?? Number.POSITIVE_INFINITY);',
    replace:
      'const known = await this.#lookup.find(parsed.id, age_ms_max ?? Number.POSITIVE_INFINITY).catch(() => ({ session: null, age_ms: 0 }));',
  },
  {
    id: 'ASVS-16.5.2',
    name: 'Retry-After is missing',
    file: `${HTTP}/error-response.ts`,
    find: "...(status === 503 && { 'retry-after': 1 }),",
    replace: '',
  },
  {
    id: 'E-01',
    name: 'responses to writes are sent before the commit',
    file: `${STORES}/sqlite/transaction.ts`,
    find: '    begin.run();\n    try {\n      const result = work();\n      commit.run();',
    replace:
      '    if (!db.isTransaction) begin.run();\n    try {\n      const result = work();\n      if (Date.now() % 50 === 0) commit.run();',
  },
  {
    id: 'E-02',
    name: 'the clock steps back with the machine',
    test: 'the clock stands',
    file: `${DOMAIN}/time/clock.ts`,
    find: 'if (time > latest) latest = time;',
    replace: 'latest = time;',
  },
  {
    id: 'E-03',
    name: 'a node with a wrong clock is ready',
    test: 'a node with a wrong',
    file: `${HTTP}/health.ts`,
    find: "if (clock !== null) return { status: 'unavailable', checks: { store, clock } };",
    replace: '',
  },
  {
    id: 'E-03',
    name: 'a node with a wrong clock sweeps',
    test: 'a node with a wrong',
    file: `${SERVICE}/sweeper.ts`,
    find: 'if ((await this.#clocks.check()) === null) return',
    replace: 'if (had || !had) return',
  },
  {
    id: 'E-03',
    name: 'a node with a wrong clock ends sessions by their deadlines',
    test: 'ends nothing',
    on: 'redis: a node whose clock',
    file: `${DOMAIN}/session-update.ts`,
    find: '    mayEnd();\n    return { outcome: update.type',
    replace: '    return { outcome: update.type',
  },
  {
    id: 'E-03',
    name: 'a node with a wrong clock treats a token in its grace as reused',
    test: 'a node with a fast clock',
    on: 'redis: ',
    file: `${DOMAIN}/tokens/token-validator.ts`,
    find: 'assertMayEnd(this.#clock);',
    replace: '',
  },
  {
    id: 'E-04',
    name: 'a lease of any length is valid',
    file: `${STORES}/redis/data/scripts/lease.ts`,
    find: 'local is_void = lease_ms > 0 and',
    replace: 'local is_void = lease_ms < 0 and',
  },
  {
    id: 'E-05',
    name: 'an error shows internal details',
    file: `${HTTP}/error-response.ts`,
    find: 'error instanceof RequestError ? error : INTERNAL;',
    replace: "error instanceof RequestError ? error : new RequestError('INTERNAL', String(error));",
  },
  {
    id: 'E-05',
    name: 'an internal error is not logged',
    file: `${HTTP}/error-response.ts`,
    find: "this.#incidents.write({ event: 'request_failed', ...about, err: error }, address);",
    replace: "this.#incidents.write({ event: 'request_failed', ...about, err: null }, address);",
  },
  {
    id: 'E-03',
    name: 'a clock may be 40 seconds wrong',
    test: 'a clock that is more',
    file: `${DOMAIN}/time/clock-check.ts`,
    find: 'const CLOCK_DIFFERENCE_MS_MAX = 10_000;',
    replace: 'const CLOCK_DIFFERENCE_MS_MAX = 40_000;',
  },
  {
    id: 'E-05',
    name: 'API v2 shows internal details',
    file: `${HTTP}/error-response.ts`,
    find: "const text = format === 'v1' ? errorText(known, correlation_id) : problemText(known, correlation_id);",
    replace:
      "const text = format === 'v1' ? errorText(known, correlation_id) : problemText(known, String((error as Error).stack));",
  },
  {
    id: 'E-02',
    name: "a service uses the machine's clock directly",
    test: 'clock never steps',
    file: `${SERVICE}/service.ts`,
    find: 'new CheckedClock(systemClock());',
    replace: 'new CheckedClock({ now: () => Date.now() });',
  },
];
