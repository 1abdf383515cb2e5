import { assertKnownOptions, assertObject } from './arguments.ts';
import { assertBulkFilter } from './bulk-filter.ts';
import { optionsOf } from './call-options.ts';
import type { RequestOptions, ValidateOptions } from './request-options.ts';
import type { RouteNameV2 } from './routes.ts';
import type { AllRequest, SessionsClient } from './sessions-client.ts';
import type { ExportLine, ListRequest, Session, SessionPage, SessionSummary, Validation } from './v2.ts';

/** The parts of one request, before the sender makes an HTTP request or a call of it. */
export interface MethodRequest {
  /** The session id in the path. Omitted for a route without one. */
  readonly id?: string;
  /** The query parameters. A property that is undefined is not sent. */
  readonly query?: object;
  /** True for a request for a page of which only `total` is read. */
  readonly isCount?: boolean;
  /** The JSON value of the body. A request without this property has no body. */
  readonly body?: unknown;
  /** The revision that the session must have, for the header `If-Match`. */
  readonly if_match?: number | undefined;
  /** The value of the header `Idempotency-Key`. */
  readonly idempotency_key?: string | undefined;
}

/** How a client reaches the service: over HTTP or in the same process. */
export interface Sender {
  /** Sends a request to a route and returns its result. Rejects with the sender's own errors. */
  readonly send: <T>(route: RouteNameV2, request: MethodRequest, options: RequestOptions | undefined) => Promise<T>;
  /**
   * Sends a request to a route whose response is lines, and returns these as they arrive. Throws the sender's own error
   * if the response ends before its line of the type `end`.
   */
  readonly lines: (
    route: RouteNameV2,
    request: MethodRequest,
    options: RequestOptions | undefined,
  ) => AsyncIterable<ExportLine>;
  /** Whether an error means that the session does not exist. */
  readonly isMissing: (error: unknown) => boolean;
  /** Returns a key for an open request that has none. Omitted where a response cannot be lost. */
  readonly newIdempotencyKey?: () => string;
}

/**
 * Returns a client of API v2 that sends its requests with a `Sender`. It checks arguments before it sends: the methods
 * reject with a `TypeError` for a call that is wrong.
 */
export function clientMethods(sender: Sender): SessionsClient {
  const { isMissing, newIdempotencyKey } = sender;
  const send: Sender['send'] = async (route, request, options) => {
    assertKnownOptions(options ?? {}, 'this call', optionsOf(route));
    return sender.send(route, request, options);
  };
  const lines: Sender['lines'] = async function* (route, request, options) {
    assertKnownOptions(options ?? {}, 'this call', optionsOf(route));
    yield* sender.lines(route, request, options);
  };

  const list = async (query: ListRequest = {}, options?: RequestOptions): Promise<SessionPage> => {
    assertObject(query, 'filters of list', "list({ user_id: '1' })");
    return send('listSessions', { query }, options);
  };

  const validate: SessionsClient['validate'] = (token, options) =>
    send<Validation>('validateToken', { body: { token, ...membersOf(options) } }, options);

  return {
    open: async (body, options) => {
      assertObject(body, 'properties of open', "open({ user_id: '1' })");
      const { idempotency_key = newIdempotencyKey?.() } = options ?? {};
      return send('openSession', { body, idempotency_key }, options);
    },

    get: async (id, options) => {
      try {
        return await send('getSession', { id }, options);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    list,

    all: (filter, options) => pages(list, filter, options),

    count: async (filter = {}, options) => {
      assertObject(filter, 'filters of count', "count({ user_id: '1' })");
      const query = { ...filter, limit: 1, total: true };
      const { total } = await send<{ readonly total: number }>('listSessions', { query, isCount: true }, options);
      return total;
    },

    validate,

    validateMany: async (tokens, options) => {
      if (!Array.isArray(tokens))
        throw new TypeError('tokens of validateMany are not an array: use validateMany([token]).');
      return send('validateTokens', { body: { tokens, ...membersOf(options) } }, options);
    },

    check: async (ids, options) => {
      if (!Array.isArray(ids)) throw new TypeError('ids of check are not an array: use check([session.id]).');
      return send('checkSessions', { body: { ids } }, options);
    },

    read: async (credential, options) => {
      const validation = await validate(credential, options);
      return validation.active ? validation.session : null;
    },

    rotate: async (body, options) => {
      assertObject(body, 'properties of rotate', 'rotate({ token })');
      return send('rotateToken', { body }, options);
    },

    own: async (body, options) => {
      assertObject(body, 'properties of own', 'own({ token })');
      return send('listOwnSessions', { body }, options);
    },

    closeOwn: async (body, options) => {
      assertObject(body, 'properties of closeOwn', 'closeOwn({ token, others: true })');
      return send('closeOwnSessions', { body }, options);
    },

    update: async (id, body, options) => {
      assertObject(body, 'properties of update', 'update(id, { idle_timeout: 3600 })');
      return send('updateSession', { id, body, if_match: options?.if_match }, options);
    },

    replaceData: (id, body, options) => send('replaceData', { id, body, if_match: options?.if_match }, options),

    replaceUser: (id, body, options) => send('replaceUser', { id, body, if_match: options?.if_match }, options),

    patchData: (id, body, options) => send('patchData', { id, body, if_match: options?.if_match }, options),

    touch: (id, options) => send('touchSession', { id }, options),

    close: (id, options) => send('closeSession', { id, body: { reason: options?.reason, by: options?.by } }, options),

    remove: (id, options) => send('deleteSession', { id }, options),

    closeMany: async (body, options) => {
      assertBulkFilter(body);
      return send('closeSessions', { body }, options);
    },

    exportUser: (user_id, options) => sessionsIn(lines('exportUser', { body: { user_id } }, options)),

    eraseUser: (user_id, options) => send('eraseUser', { body: { user_id } }, options),

    stats: (options) => send('getStats', {}, options),

    keys: (options) => send('listKeys', {}, options),
  };
}

/** The properties of a validation's body beside its tokens. */
function membersOf({ max_age, touch }: ValidateOptions = {}) {
  return { ...(max_age !== undefined && { max_age }), ...(touch !== undefined && { touch }) };
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

async function* sessionsIn(lines: AsyncIterable<ExportLine>): AsyncGenerator<Session, void, undefined> {
  for await (const line of lines) if (line.type === 'session') yield line.session;
}
