import { assertObject } from '@pip-sessions/contract/arguments';
import { clientMethods } from '@pip-sessions/contract/client-methods';
import { ROUTES_V2 } from '@pip-sessions/contract/routes';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { randomHex } from '../transport/platform.ts';
import { NotFoundError } from './errors.ts';
import { createCallV2, type SessionsClientOptions } from './request.ts';
import { readerOf } from './results.ts';

/** As many as a random UUID has room for: nobody meets or guesses the key of another. */
const IDEMPOTENCY_KEY_BYTES = 16;

/**
 * A client of API v2 over HTTP. Throws a `TypeError` that names the option when one is missing or wrong. There is
 * nothing to open or to close.
 *
 * @example
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
  const call = createCallV2(client);
  const methods = clientMethods({
    send: (name, request, options) => {
      const route = ROUTES_V2[name];
      return call({ ...request, route, read: readerOf(route, request) }, options);
    },
    // Only the session may be missing: a wrong path is a mistake in the set-up, not a result.
    isMissing: (error) => error instanceof NotFoundError && error.code === 'SESSION_NOT_FOUND',
    newIdempotencyKey: () => randomHex(IDEMPOTENCY_KEY_BYTES),
  });
  return methods as SessionsClient<User, Data>;
}
