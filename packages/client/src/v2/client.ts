import type { RequestOptions, ValidateOptions } from '@pip-sessions/contract/request-options';
import { ROUTES_V2 as ROUTES } from '@pip-sessions/contract/routes';
import type { AllRequest, SessionsClient } from '@pip-sessions/contract/sessions-client';
import {
  assertBulkFilter,
  type ListRequest,
  type SessionPage,
  type SessionSummary,
  type Validation,
} from '@pip-sessions/contract/v2';
import { assertObject } from '../transport/arguments.ts';
import { randomHex } from '../transport/platform.ts';
import { NotFoundError } from './errors.ts';
import { createCallV2, type SessionsClientOptions } from './request.ts';
import {
  toCloseManyResult,
  toOpenResult,
  toPage,
  toRotateResult,
  toSession,
  toStats,
  toTotal,
  toValidation,
} from './results.ts';

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

  const list = async (query: ListRequest = {}, options?: RequestOptions): Promise<SessionPage> => {
    assertObject(query, 'filters of list', "list({ user_id: '1' })");
    return call({ route: ROUTES.listSessions, query, read: (json) => toPage(json, query.cursor) }, options);
  };

  const validate = (token: string, options?: ValidateOptions): Promise<Validation> => {
    const { max_age } = options ?? {};
    const body = max_age === undefined ? { token } : { token, max_age };
    return call({ route: ROUTES.validateToken, body, read: toValidation }, options);
  };

  const sessions: SessionsClient = {
    open: async (body, options) => {
      assertObject(body, 'properties of open', "open({ user_id: '1' })");
      const { idempotency_key = randomHex(IDEMPOTENCY_KEY_BYTES) } = options ?? {};
      return call({ route: ROUTES.openSession, body, idempotency_key, read: toOpenResult }, options);
    },

    get: (id, options) => call({ route: ROUTES.getSession, id, read: toSession }, options).catch(nullIfMissing),

    list,

    all: (filter, options) => pages(list, filter, options),

    count: async (filter = {}, options) => {
      assertObject(filter, 'filters of count', "count({ user_id: '1' })");
      return call({ route: ROUTES.listSessions, query: { ...filter, limit: 1, total: true }, read: toTotal }, options);
    },

    validate,

    read: async (credential, options) => {
      const validation = await validate(credential, options);
      return validation.active ? validation.session : null;
    },

    rotate: async (body, options) => {
      assertObject(body, 'properties of rotate', 'rotate({ token })');
      return call({ route: ROUTES.rotateToken, body, read: toRotateResult }, options);
    },

    update: async (id, body, options) => {
      assertObject(body, 'properties of update', 'update(id, { idle_timeout: 3600 })');
      return call({ route: ROUTES.updateSession, id, body, if_match: options?.if_match, read: toSession }, options);
    },

    replaceData: (id, body, options) =>
      call({ route: ROUTES.replaceData, id, body, if_match: options?.if_match, read: toSession }, options),

    replaceUser: (id, body, options) =>
      call({ route: ROUTES.replaceUser, id, body, if_match: options?.if_match, read: toSession }, options),

    patchData: (id, body, options) =>
      call({ route: ROUTES.patchData, id, body, if_match: options?.if_match, read: toSession }, options),

    touch: (id, options) => call({ route: ROUTES.touchSession, id, read: toSession }, options),

    close: (id, options) =>
      call({ route: ROUTES.closeSession, id, body: { reason: options?.reason }, read: toSession }, options),

    remove: (id, options) => call({ route: ROUTES.deleteSession, id, read: toSession }, options),

    closeMany: async (body, options) => {
      assertBulkFilter(body);
      return call({ route: ROUTES.closeSessions, body, read: toCloseManyResult }, options);
    },

    stats: (options) => call({ route: ROUTES.getStats, read: toStats }, options),
  };
  return sessions as SessionsClient<User, Data>;
}

async function* pages(
  list: SessionsClient['list'],
  filter: AllRequest = {},
  options?: RequestOptions,
): AsyncGenerator<SessionSummary, void, undefined> {
  assertObject(filter, 'filters of all', "all({ user_id: '1' })");
  let request: ListRequest = filter;
  for (;;) {
    const { items, next_cursor } = await list(request, options);
    yield* items;
    if (next_cursor === null) return;
    request = { ...filter, cursor: next_cursor };
  }
}

/** Only the session may be missing: a wrong path is a mistake in the set-up, not an answer. */
function nullIfMissing(error: unknown): null {
  if (error instanceof NotFoundError && error.code === 'SESSION_NOT_FOUND') return null;
  throw error;
}
