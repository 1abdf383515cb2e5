import { CLIENT, SERVICE } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const LIBRARIES = `${CLIENT}/session-libraries`;
const OLD_STORES = `${SERVICE}/transfer/old-stores`;

/** Faults of the move from another session store: of the option `fallback`, and of imports. */
export const MOVES: readonly ClaimMutation[] = [
  {
    id: 'T-01',
    name: 'a session that is taken over gets the default timeout of the service',
    file: `${LIBRARIES}/idle-timeouts.ts`,
    find: '(idle_timeout) => this.#client.open({ ...request, idle_timeout }, options)',
    replace: '() => this.#client.open(request, options)',
  },
  {
    id: 'T-02',
    name: 'each take-over of a session opens an entry of its own',
    test: 'parallel requests of several processes',
    file: `${LIBRARIES}/take-over.ts`,
    find: '{ ...request, data: content }, data, names.key',
    replace: '{ ...request, data: content }, data, names.key + Math.random()',
  },
  {
    id: 'T-02',
    name: 'each import makes sessions with ids of its own',
    test: 'an import that stopped',
    file: `${OLD_STORES}/converted.ts`,
    find: 'signInKey(sha256, opening.key, user_id, FIRST_TURN)',
    replace: 'signInKey(sha256, opening.key, user_id, FIRST_TURN + Math.random())',
  },
  {
    id: 'T-03',
    name: 'a session that has ended in the service is read from the former store again',
    test: 'an ended session never',
    file: `${LIBRARIES}/take-over.ts`,
    find: 'if (generation > 0) {',
    replace: 'if (generation > 9) {',
  },
  {
    id: 'T-03',
    name: 'a sign-out does not end the session that a parallel request takes over',
    test: 'a sign-out during a take-over',
    file: `${LIBRARIES}/take-over.ts`,
    find: 'if (!hadEntry && mayHaveCopy) await',
    replace: 'if (hadEntry && mayHaveCopy) await',
  },
  {
    id: 'T-03',
    name: 'a sign-out leaves no trace in the service while the former store is unavailable',
    test: 'a sign-out while the old store is down',
    file: `${LIBRARIES}/take-over.ts`,
    find: '() => true,',
    replace: '() => false,',
  },
  {
    id: 'T-03',
    name: 'a sign-out before the own change-over ends only the copy in the former store',
    test: 'a sign-out by a process whose clock is behind',
    file: `${LIBRARIES}/sessions/library-sessions.ts`,
    find: "if (phase === 'old') return;",
    replace: "if (phase !== 'new') return;",
  },
  {
    id: 'T-03',
    name: 'an import signs a user in again whose browser has signed out',
    test: 'an import does not sign a user in',
    file: `${OLD_STORES}/import.ts`,
    find: 'if (place !== sign_in.id) await store.remove(sign_in.id);',
    replace: '',
  },
  {
    id: 'T-04',
    name: 'an expired session is imported as a live one',
    test: 'expired sessions are counted',
    file: `${OLD_STORES}/converted.ts`,
    find: 'if (expires_at !== null && expires_at <= now) return null;',
    replace: '',
  },
  {
    id: 'T-04',
    name: 'an import counts as activity',
    test: 'an import keeps the remaining lifetime',
    file: `${OLD_STORES}/converted.ts`,
    find: 'expires_at === null ? now : Math.floor(expires_at) - idle_timeout_ms',
    replace: 'now',
  },
  {
    id: 'T-05',
    name: 'a former store that fails counts as one without the session',
    test: 'while the old store is down',
    file: `${LIBRARIES}/old-store.ts`,
    find: 'const session = await this.#call((done) => this.#store.get(sid, done));',
    replace: 'const session = await this.#call((done) => this.#store.get(sid, done)).catch(() => null);',
  },
  {
    id: 'T-05',
    name: 'the copy in the former store is deleted before the service has the session',
    test: 'while the service is down',
    file: `${LIBRARIES}/take-over.ts`,
    find: 'const { held, generation } = await finder.find(sid, isActivity);',
    replace: 'await old.remove(sid);\n    const { held, generation } = await finder.find(sid, isActivity);',
  },
  {
    id: 'T-06',
    name: 'a request across the change-over overwrites what others have changed',
    file: `${LIBRARIES}/sessions/library-sessions.ts`,
    find: 'return current && this.#writer.update(data, held.seen, current, request);',
    replace: 'return current && this.#writer.update(data, current.seen, current, request);',
  },
];
