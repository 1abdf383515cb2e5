import { assertObject } from '@pip-sessions/contract/arguments';
import { clientMethods } from '@pip-sessions/contract/client-methods';
import { ROUTES_V2 } from '@pip-sessions/contract/routes';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { randomHex } from '../transport/platform.ts';
import { NotFoundError } from './errors.ts';
import { checkManyOrEach, validateManyOrEach } from './many-or-each.ts';
import { createCallsV2, type SessionsClientOptions } from './request.ts';
import { readerOf } from './results.ts';

/** The size of a random UUID: such a key is unique, and cannot be guessed. */
const IDEMPOTENCY_KEY_BYTES = 16;

/**
 * Creates a client of API v2 over HTTP. It needs no `open` and no `close` of its own. Throws a `TypeError` that names
 * an option which is missing or wrong.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 *
 * const sessions = createSessionsClient({ url: 'http://localhost:8080', key: 'the key of this application' });
 * const { session, token } = await sessions.open({ user_id: '1', data: { cart: [] } });
 * await sessions.patchData(session.id, { cart: ['apple'] });
 * const validation = await sessions.validate(token);
 * if (validation.active) await sessions.close(validation.session.id);
 */
export function createSessionsClient<User = unknown, Data = unknown>(
  client: SessionsClientOptions,
): SessionsClient<User, Data> {
  assertObject(client, 'options', "createSessionsClient({ url: 'http://localhost:8080', key })");
  const { call, lines } = createCallsV2(client);
  const methods = clientMethods({
    send: (name, request, options) => {
      const route = ROUTES_V2[name];
      return call({ ...request, route, read: readerOf(route, request) }, options);
    },
    lines: (name, request, options) => {
      const route = ROUTES_V2[name];
      return lines({ ...request, route, read: readerOf(route, request) }, options);
    },
    // Only a missing session is a result. A wrong path is a mistake in the set-up.
    isMissing: (error) => error instanceof NotFoundError && error.code === 'SESSION_NOT_FOUND',
    newIdempotencyKey: () => randomHex(IDEMPOTENCY_KEY_BYTES),
  });
  return { ...methods, validateMany: validateManyOrEach(methods), check: checkManyOrEach(methods) } as SessionsClient<
    User,
    Data
  >;
}
