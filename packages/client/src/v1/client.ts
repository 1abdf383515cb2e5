import { assertObject } from '@pip-sessions/contract/arguments';
import { COMMANDS_V1 } from '@pip-sessions/contract/routes';
import type { SessionsClientV1, SessionV1 } from '@pip-sessions/contract/v1';
import { pageFromJson, sessionFromJson } from '@pip-sessions/contract/v1-json';
import type { CallOptions } from '../transport/options.ts';
import { createCall } from './request.ts';

/**
 * Creates a client of API v1 over HTTP, for this service and for the Pip.Services original (WIRE_V1.md, HTTP). It needs
 * no `open` and no `close`.
 *
 * Throws a `TypeError` that names an option which is missing or wrong. Calls reject with a `SessionsServiceError` or a
 * `SessionsCallError`.
 *
 * @example
 * import { createSessionsV1Client } from '@pip-sessions/client';
 *
 * const sessions = createSessionsV1Client({ url: 'http://localhost:8080' });
 * const session = await sessions.openSession('123', '1', 'User 1', 'localhost', 'test', null, { cart: [] });
 * await sessions.storeSessionData('123', session.id, { cart: ['apple'] });
 * await sessions.closeSession('123', session.id);
 */
export function createSessionsV1Client(options: CallOptions): SessionsClientV1 {
  assertObject(options, 'options', "createSessionsV1Client({ url: 'http://localhost:8080' })");
  const call = createCall(options);
  const { getSessions, getSessionById, openSession, storeSessionData, updateSessionUser } = COMMANDS_V1;
  const { closeSession, closeExpiredSessions, deleteSessionById } = COMMANDS_V1;
  return {
    getSessions: (correlationId, filter = null, paging = null, options) =>
      call(getSessions, correlationId, { filter, paging }, pageFromJson, options?.signal),

    getSessionById: (correlationId, session_id, options) =>
      call(getSessionById, correlationId, { session_id }, sessionOrNull, options?.signal),

    openSession: (
      correlationId,
      user_id,
      user_name = null,
      address = null,
      client = null,
      user = null,
      data = null,
      options,
    ) => {
      const members = { user_id, user_name, address, client, user, data };
      return call(openSession, correlationId, members, sessionFromJson, options?.signal);
    },

    storeSessionData: (correlationId, session_id, data, options) =>
      call(storeSessionData, correlationId, { session_id, data }, sessionOrNull, options?.signal),

    updateSessionUser: (correlationId, session_id, user, options) =>
      call(updateSessionUser, correlationId, { session_id, user }, sessionOrNull, options?.signal),

    closeSession: (correlationId, session_id, options) =>
      call(closeSession, correlationId, { session_id }, sessionOrNull, options?.signal),

    closeExpiredSessions: (correlationId, options) =>
      call(closeExpiredSessions, correlationId, {}, () => undefined, options?.signal),

    deleteSessionById: (correlationId, session_id, options) =>
      call(deleteSessionById, correlationId, { session_id }, sessionOrNull, options?.signal),
  };
}

function sessionOrNull(json: unknown): SessionV1 | null {
  return json === null ? null : sessionFromJson(json);
}
