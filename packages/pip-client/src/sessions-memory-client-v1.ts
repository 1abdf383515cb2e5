import type { DataPageV1, PagingV1, SessionFilterV1, SessionsClientV1, SessionV1 } from '@pip-sessions/contract/v1';
import {
  BadRequestException,
  type ConfigParams,
  ConflictException,
  FilterParams,
  type ICleanable,
  type IConfigurable,
  IdGenerator,
  InvalidStateException,
  type IOpenable,
  type IReferenceable,
  PagingParams,
} from 'pip-services3-commons-nodex';
import { systemTime } from './clock.ts';
import { asOf, byActivity, ended, type HeldSession, toSession, toSummary, toText } from './held-session.ts';

/**
 * Stores sessions in this process by the rules of the service, for tests of applications. Descriptor:
 * `pip-services-sessions:client:memory:*:1.0`, also with the kind `mock` and in the group `service-sessions`.
 *
 * Calls reject with a `BadRequestException` (code `INVALID_DATA`) for arguments that the service rejects. A change of an
 * ended session rejects with a `ConflictException` (code `SESSION_CLOSED`). An open request beyond `options.max_sessions`
 * rejects with an `InvalidStateException` (code `STORE_FULL`).
 *
 * | Config key | Meaning |
 * |---|---|
 * | `options.max_sessions` | maximum number of sessions; default 10,000 |
 * | `options.max_page_size` | maximum size of a page; default 100 |
 * | `options.expire_timeout` | milliseconds without activity after which a session ends; default 24 hours |
 *
 * @example
 * import { SessionsMemoryClientV1 } from '@pip-sessions/pip-client';
 *
 * const client = new SessionsMemoryClientV1();
 * const session = await client.openSession(null, '1', 'User 1');
 * console.log((await client.getSessions(null, { active: true })).data.length);
 */
export class SessionsMemoryClientV1 implements SessionsClientV1, IConfigurable, IReferenceable, IOpenable, ICleanable {
  readonly #now: () => number;
  readonly #held = new Map<string, HeldSession>();
  #sessions_max = 10_000;
  #page_size_max = 100;
  #expire_timeout_ms = 24 * 60 * 60 * 1000;
  #opened = false;

  /** A test may give its own clock, which returns milliseconds since 1970. */
  constructor(now: () => number = systemTime) {
    this.#now = now;
  }

  configure(config: ConfigParams): void {
    this.#sessions_max = config.getAsIntegerWithDefault('options.max_sessions', this.#sessions_max);
    this.#page_size_max = config.getAsIntegerWithDefault('options.max_page_size', this.#page_size_max);
    this.#expire_timeout_ms = config.getAsLongWithDefault('options.expire_timeout', this.#expire_timeout_ms);
  }

  setReferences(): void {}

  isOpen(): boolean {
    return this.#opened;
  }

  async open(_correlationId: string | null): Promise<void> {
    this.#opened = true;
  }

  async close(_correlationId: string | null): Promise<void> {
    this.#opened = false;
  }

  /** Deletes all sessions. */
  async clear(_correlationId: string | null): Promise<void> {
    this.#held.clear();
  }

  async getSessions(
    _correlationId: string | null,
    filter: FilterParams | SessionFilterV1 | null = null,
    paging: PagingV1 | null = null,
  ): Promise<DataPageV1> {
    const now = this.#now();
    const page = PagingParams.fromValue(paging);
    const skip = page.getSkip(0);
    const found = [...this.#held.values()]
      .map((held) => asOf(held, now, this.#expire_timeout_ms))
      .filter(toPredicate(FilterParams.fromValue(filter)))
      .sort(byActivity);
    const data = found.slice(skip, skip + page.getTake(this.#page_size_max)).map(toSummary);
    return { total: page.total ? found.length : null, data };
  }

  async getSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    const held = this.#find(correlationId, sessionId);
    return held && toSession(held);
  }

  async openSession(
    correlationId: string | null,
    user_id: string,
    user_name: string | null = null,
    address: string | null = null,
    client: string | null = null,
    user: unknown = null,
    data: unknown = null,
  ): Promise<SessionV1> {
    if (!user_id) throw invalidData(correlationId, 'user_id must be a non-empty string.');
    if (this.#held.size >= this.#sessions_max) {
      const message = `The limit of ${this.#sessions_max} sessions is reached: delete some, or raise options.max_sessions.`;
      throw new InvalidStateException(correlationId ?? undefined, 'STORE_FULL', message);
    }
    const now = this.#now();
    const times = { open_time: now, request_time: now, close_time: null };
    const texts = { user: toText(user), data: toText(data) };
    return this.#hold({ id: IdGenerator.nextLong(), user_id, user_name, address, client, ...times, ...texts });
  }

  async storeSessionData(correlationId: string | null, sessionId: string, data: unknown): Promise<SessionV1 | null> {
    return this.#replace(correlationId, sessionId, 'data', data);
  }

  async updateSessionUser(correlationId: string | null, sessionId: string, user: unknown): Promise<SessionV1 | null> {
    return this.#replace(correlationId, sessionId, 'user', user);
  }

  async closeSession(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    const held = this.#find(correlationId, sessionId);
    if (held === null || held.close_time !== null) return held && toSession(held);
    const now = this.#now();
    return this.#hold({ ...ended(held, now), request_time: now });
  }

  async closeExpiredSessions(_correlationId: string | null): Promise<void> {
    const now = this.#now();
    for (const [id, held] of this.#held) this.#held.set(id, asOf(held, now, this.#expire_timeout_ms));
  }

  async deleteSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    const held = this.#find(correlationId, sessionId);
    this.#held.delete(sessionId);
    return held && toSession(held);
  }

  #replace(correlationId: string | null, id: string, member: 'data' | 'user', value: unknown): SessionV1 | null {
    const text = toText(value);
    if (text === null) throw invalidData(correlationId, `${member} must be a JSON value that is not null.`);
    const held = this.#find(correlationId, id);
    if (held === null) return null;
    if (held.close_time === null) return this.#hold({ ...held, [member]: text, request_time: this.#now() });
    const message = `The session has ended; its ${member} was not stored.`;
    throw new ConflictException(correlationId ?? undefined, 'SESSION_CLOSED', message);
  }

  #find(correlationId: string | null, id: string): HeldSession | null {
    if (!id) throw invalidData(correlationId, 'session_id must be a non-empty string.');
    const held = this.#held.get(id);
    return held === undefined ? null : asOf(held, this.#now(), this.#expire_timeout_ms);
  }

  #hold(held: HeldSession): SessionV1 {
    this.#held.set(held.id, held);
    return toSession(held);
  }
}

function toPredicate(filter: FilterParams): (held: HeldSession) => boolean {
  const id = filter.getAsNullableString('id');
  const user_id = filter.getAsNullableString('user_id');
  const active = filter.getAsNullableBoolean('active');
  const from_time = filter.getAsNullableDateTime('from_time')?.getTime() ?? Number.NEGATIVE_INFINITY;
  const to_time = filter.getAsNullableDateTime('to_time')?.getTime() ?? Number.POSITIVE_INFINITY;
  return (held) =>
    (id === null || id === held.id) &&
    (user_id === null || user_id === held.user_id) &&
    (active === null || active === (held.close_time === null)) &&
    from_time <= held.request_time &&
    held.request_time < to_time;
}

function invalidData(correlationId: string | null, message: string): BadRequestException {
  return new BadRequestException(correlationId ?? undefined, 'INVALID_DATA', message);
}
