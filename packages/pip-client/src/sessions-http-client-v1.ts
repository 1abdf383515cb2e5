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
 * The client of API v1 over HTTP. Descriptor: `pip-services-sessions:client:http:*:1.0`, also with the kind
 * `commandable-http` and in the group `service-sessions`.
 *
 * Calls reject with the exception for the category in the service's response, such as `ConflictException` with the code
 * `SESSION_CLOSED`. They reject with a `ConnectionException` (code `TIMEOUT` or `UNREACHABLE`) if there is no response,
 * and with an `InvocationException` (code `ABORTED`, `INVALID_RESPONSE` or `RESPONSE_TOO_LARGE`) if there is no usable one.
 * Before `open` and after `close` they reject with an `InvalidStateException` (code `NOT_OPENED`).
 *
 * | Config key | Meaning |
 * |---|---|
 * | `connection.uri`, or `connection.protocol` (`http`, `https`), `connection.host`, `connection.port` | the service |
 * | `base_route` | default `v1/sessions` |
 * | `options.timeout` | milliseconds for a call with all its attempts, including connecting; default 10,000 |
 * | `options.connect_timeout` | accepted for compatibility and not used: `options.timeout` includes connecting |
 * | `options.retries` | maximum number of repetitions of a command that is safe to repeat; default 3 |
 * | `options.correlation_id` | `query` (default), `headers` or `both` |
 *
 * @example
 * import { SessionsHttpClientV1 } from '@pip-sessions/pip-client';
 * import { ConfigParams } from 'pip-services3-commons-nodex';
 *
 * const client = new SessionsHttpClientV1();
 * client.configure(ConfigParams.fromTuples('connection.host', 'localhost', 'connection.port', 8080));
 * await client.open(null);
 * const session = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
 */
export class SessionsHttpClientV1 implements SessionsClientV1, IConfigurable, IReferenceable, IOpenable {
  #config = new ConfigParams();
  #sessions: SessionsClientV1 | null = null;

  /**
   * Adds config keys, which take effect at the next `open`. Keys of an earlier call stay unless they are given again.
   */
  configure(config: ConfigParams): void {
    this.#config = this.#config.override(config);
  }

  /** Does nothing: this client depends on no other component. */
  setReferences(): void {}

  isOpen(): boolean {
    return this.#sessions !== null;
  }

  /**
   * Checks the configuration. It does not connect: the first call does. Rejects with a `ConfigException` that names the
   * key which is missing or wrong.
   */
  async open(correlationId: string | null): Promise<void> {
    this.#sessions ??= createSessionsV1Client(toCallOptions(this.#config, correlationId));
  }

  /** Closes the client. Pending calls still complete. */
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
