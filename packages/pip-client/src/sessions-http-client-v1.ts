import { createSessionsV1Client } from '@pip-sessions/client';
import type {
  CallOptionsV1,
  DataPageV1,
  PagingV1,
  SessionFilterV1,
  SessionsClientV1,
  SessionV1,
} from '@pip-sessions/contract/v1';
import {
  ConfigParams,
  type FilterParams,
  type IConfigurable,
  InvalidStateException,
  type IOpenable,
  type IReferenceable,
} from 'pip-services3-commons-nodex';
import { toException } from './exceptions.ts';
import { toCallOptions } from './http-connection.ts';

/**
 * API v1 over HTTP as a toolkit component: `pip-services-sessions:client:http:*:1.0`, also under
 * `commandable-http` and in the group `service-sessions`.
 *
 * | Config key | Meaning |
 * |---|---|
 * | `connection.uri`, or `connection.protocol` (`http`, `https`), `connection.host`, `connection.port` | the service |
 * | `base_route` | default `v1/sessions` |
 * | `options.timeout` | milliseconds for a call with all its attempts and its connecting; default 10,000 |
 * | `options.connect_timeout` | accepted for the older toolkit's sake; `options.timeout` is what bounds connecting |
 * | `options.retries` | how often a command that is safe to repeat is sent again at most; default 3 |
 * | `options.correlation_id` | `query` (default), `headers` or `both` |
 *
 * Calls reject with the toolkit's exception for the category that the service answered, with a
 * `ConnectionException` when no answer came, with an `InvocationException` when one came that is no answer of a
 * sessions service, and with an `InvalidStateException` before `open`.
 *
 * @example
 * const client = new SessionsHttpClientV1();
 * client.configure(ConfigParams.fromTuples('connection.host', 'localhost', 'connection.port', 8080));
 * await client.open(null);
 * const session = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
 */
export class SessionsHttpClientV1 implements SessionsClientV1, IConfigurable, IReferenceable, IOpenable {
  #config = new ConfigParams();
  #sessions: SessionsClientV1 | null = null;

  /** Takes effect at the next `open`; keys of an earlier call remain unless they are given again. */
  configure(config: ConfigParams): void {
    this.#config = this.#config.override(config);
  }

  /** Part of the component model; this client depends on no other component. */
  setReferences(): void {}

  isOpen(): boolean {
    return this.#sessions !== null;
  }

  /** Rejects with a `ConfigException` that names the key which is missing or wrong. Connects at the first call. */
  async open(correlationId: string | null): Promise<void> {
    this.#sessions ??= createSessionsV1Client(toCallOptions(this.#config, correlationId));
  }

  /** Calls that are under way still get their answer. */
  async close(_correlationId: string | null): Promise<void> {
    this.#sessions = null;
  }

  getSessions(
    correlationId: string | null,
    filter: FilterParams | SessionFilterV1 | null = null,
    paging: PagingV1 | null = null,
    options?: CallOptionsV1,
  ): Promise<DataPageV1> {
    const members = filter as SessionFilterV1 | null;
    return this.#call(correlationId, (sessions) => sessions.getSessions(correlationId, members, paging, options));
  }

  getSessionById(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null> {
    return this.#call(correlationId, (sessions) => sessions.getSessionById(correlationId, sessionId, options));
  }

  openSession(...request: Parameters<SessionsClientV1['openSession']>): Promise<SessionV1> {
    return this.#call(request[0], (sessions) => sessions.openSession(...request));
  }

  storeSessionData(
    correlationId: string | null,
    sessionId: string,
    data: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null> {
    return this.#call(correlationId, (sessions) => sessions.storeSessionData(correlationId, sessionId, data, options));
  }

  updateSessionUser(
    correlationId: string | null,
    sessionId: string,
    user: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null> {
    return this.#call(correlationId, (sessions) => sessions.updateSessionUser(correlationId, sessionId, user, options));
  }

  closeSession(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null> {
    return this.#call(correlationId, (sessions) => sessions.closeSession(correlationId, sessionId, options));
  }

  closeExpiredSessions(correlationId: string | null, options?: CallOptionsV1): Promise<void> {
    return this.#call(correlationId, (sessions) => sessions.closeExpiredSessions(correlationId, options));
  }

  deleteSessionById(
    correlationId: string | null,
    sessionId: string,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null> {
    return this.#call(correlationId, (sessions) => sessions.deleteSessionById(correlationId, sessionId, options));
  }

  async #call<T>(correlationId: string | null, send: (sessions: SessionsClientV1) => Promise<T>): Promise<T> {
    if (this.#sessions === null) {
      const message = 'The sessions client is not open: call open() first.';
      throw new InvalidStateException(correlationId ?? undefined, 'NOT_OPENED', message);
    }
    try {
      return await send(this.#sessions);
    } catch (error) {
      throw toException(error, correlationId);
    }
  }
}
