import type { SessionSummaryV1, SessionV1 } from '@pip-sessions/contract/v1';
import { isStorable } from '@pip-sessions/service/internal/api/text-bounds';
import { sessionText } from '@pip-sessions/service/internal/api/v1/wire';
import { invalidMember } from '@pip-sessions/service/internal/domain/errors';
import { newSessionId } from '@pip-sessions/service/internal/domain/ids';
import { toJsonText } from '@pip-sessions/service/internal/domain/json';
import { newSession } from '@pip-sessions/service/internal/domain/open-request';
import { Sessions } from '@pip-sessions/service/internal/domain/sessions';
import { SESSIONS_SETTINGS } from '@pip-sessions/service/internal/domain/settings';
import type { SessionStore } from '@pip-sessions/service/internal/domain/store';
import { type Clock, systemClock } from '@pip-sessions/service/internal/domain/time/clock';
import { memoryStoreConfig } from '@pip-sessions/service/internal/stores/memory/config';
import { MemoryStore } from '@pip-sessions/service/internal/stores/memory/store';
import type {
  ConfigParams,
  DataPage,
  FilterParams,
  ICleanable,
  IConfigurable,
  IOpenable,
  PagingParams,
} from 'pip-services3-commons-nodex';
import { toException } from '../exceptions.ts';
import { type CommandName, type CommandResults, checkRequest, runCommand, sessionFromText } from '../run-command.ts';
import { DEFAULTS, wholeSetting } from '../settings.ts';
import type { SessionsPersistence } from './persistence.ts';

const PAGE_SIZE_MAX = 10_000;
const CLEAR_BATCH_MAX = 500;

/** The properties of a session for `create`. Absent ones are null or come from the persistence. */
export type SeedV1 = Pick<SessionV1, 'user_id'> & Partial<SessionV1>;

/**
 * Stores sessions in the memory of this process.
 *
 * Configuration: `options.max_page_size`, the maximum number of sessions on a page (100).
 *
 * The methods of this class are for tests and tools of an application. Changes of sessions must go through the
 * controller, which applies the rules.
 *
 * @example
 * import { SessionsMemoryPersistence } from '@pip-sessions/pip-service';
 *
 * const persistence = new SessionsMemoryPersistence();
 * await persistence.open(null);
 * const session = await persistence.create(null, { user_id: '1' });
 */
export class SessionsMemoryPersistence implements SessionsPersistence, IConfigurable, IOpenable, ICleanable {
  static readonly settings: readonly string[] = ['options.max_page_size'];
  readonly store: SessionStore;
  readonly #clock: Clock;
  #page_size_max = DEFAULTS.page_size_max;
  #idle_timeout_ms = DEFAULTS.idle_timeout * 1000;
  #opened = false;

  constructor(clock: Clock = systemClock(), store: SessionStore = new MemoryStore(memoryStoreConfig('memory:'))) {
    this.#clock = clock;
    this.store = store;
  }

  get page_size_max(): number {
    return this.#page_size_max;
  }

  configure(config: ConfigParams): void {
    this.#page_size_max = wholeSetting(config, 'options.max_page_size', this.#page_size_max, 1, PAGE_SIZE_MAX);
  }

  assumeIdleTimeout(idle_timeout_ms: number): void {
    this.#idle_timeout_ms = idle_timeout_ms;
  }

  isOpen(): boolean {
    return this.#opened;
  }

  async open(correlationId: string | null): Promise<void> {
    await this.store.open().catch((error: unknown) => {
      throw toException(error, correlationId);
    });
    this.#opened = true;
  }

  async close(correlationId: string | null): Promise<void> {
    await this.store.close().catch((error: unknown) => {
      throw toException(error, correlationId);
    });
    this.#opened = false;
  }

  /** Deletes every session. */
  async clear(correlationId: string | null): Promise<void> {
    for (;;) {
      const page = { skip: 0, take: CLEAR_BATCH_MAX, total: false };
      const { sessions } = await this.store.list({}, page, this.#clock.now());
      if (sessions.length === 0) return;
      await Promise.all(sessions.map(({ id }) => this.deleteById(correlationId, id)));
    }
  }

  /** Returns one page of sessions without `user` and `data`, the newest activity first. */
  getPageByFilter(
    correlationId: string | null,
    filter?: FilterParams | null,
    paging?: PagingParams | null,
  ): Promise<DataPage<SessionSummaryV1>> {
    return this.#run(correlationId, 'get_sessions', { filter, paging });
  }

  /** Returns a session, active or ended; null if no session has this id. */
  getOneById(correlationId: string | null, id: string): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'get_session_by_id', { session_id: id });
  }

  /** Deletes a session and returns it as it was; null if no session has this id. */
  deleteById(correlationId: string | null, id: string): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'delete_session_by_id', { session_id: id });
  }

  /** Adds a session as if it were opened now, with the given id or a new one. */
  async create(correlationId: string | null, item: SeedV1): Promise<SessionV1> {
    const { user_id, user_name = null, address = null, client = null } = item;
    checkRequest(correlationId, 'open_session', {
      user_id,
      user_name,
      address,
      client,
      user: item.user,
      data: item.data,
    });
    const { id = newSessionId(user_id) } = item;
    checkRequest(correlationId, 'get_session_by_id', { session_id: id });
    if (!isStorable(id))
      throw toException(
        invalidMember('id', 'has a character that not every store can hold, or is too long'),
        correlationId,
      );
    const user = item.user === undefined || item.user === null ? null : toJsonText(item.user);
    const data = item.data === undefined || item.data === null ? null : toJsonText(item.data);
    const now = this.#clock.now();
    const settings = { ...SESSIONS_SETTINGS, idle_timeout_ms: this.#idle_timeout_ms };
    const session = newSession(id, { user_id, user_name, address, client, user, data }, null, settings, now);
    await this.store.insert(session, null, now).catch((error: unknown) => {
      throw toException(error, correlationId);
    });
    return sessionFromText(sessionText(session));
  }

  #run<N extends CommandName>(correlationId: string | null, name: N, request: object): Promise<CommandResults[N]> {
    const settings = { idle_timeout_ms: this.#idle_timeout_ms, page_size_max: this.#page_size_max };
    return runCommand(new Sessions(this.store, this.#clock, settings), correlationId, name, request);
  }
}
