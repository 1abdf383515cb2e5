import type { SessionSummaryV1, SessionV1 } from '@pip-sessions/contract/v1';
import { Sessions } from '@pip-sessions/service/internal/domain/sessions';
import { type Clock, systemClock } from '@pip-sessions/service/internal/domain/time/clock';
import { Sweeper } from '@pip-sessions/service/internal/sweeper';
import {
  Command,
  CommandSet,
  ConfigParams,
  type DataPage,
  type FilterParams,
  type ICommandable,
  type IConfigurable,
  InvalidStateException,
  type IOpenable,
  type IReferenceable,
  type IReferences,
  type IUnreferenceable,
  ObjectSchema,
  type PagingParams,
} from 'pip-services3-commons-nodex';
import { findLog, SILENT } from './container/console-logger.ts';
import { findDependency } from './dependencies.ts';
import { badSetting } from './exceptions.ts';
import { isPersistence, type SessionsPersistence } from './persistence/persistence.ts';
import { COMMAND_NAMES, type CommandName, type CommandResults, runCommand } from './run-command.ts';
import { DEFAULTS, wholeSetting } from './settings.ts';

/** The longest delay of a timer; Node treats a longer one as one millisecond. */
const INTERVAL_MS_MAX = 2_147_483_647;
const TIMEOUT_MS_MAX = 315_360_000_000;

/**
 * The use cases as a component of the Pip.Services toolkit. Its methods are the commands of API v1.
 *
 * Configuration:
 * - `options.expire_timeout`: idle timeout of sessions, in milliseconds (86,400,000).
 * - `options.cleanup_interval`: interval of sweeps while the controller is open, in milliseconds; 0 or less for none
 *   (900,000).
 * - `dependencies.persistence`: a descriptor (any persistence of sessions).
 *
 * Rejects with the toolkit's exceptions: BadRequestException `INVALID_DATA`, ConflictException `SESSION_CLOSED`, …
 *
 * @example
 * import { SessionsController, SessionsMemoryPersistence } from '@pip-sessions/pip-service';
 * import { Descriptor, References } from 'pip-services3-commons-nodex';
 *
 * const persistence = new SessionsMemoryPersistence();
 * const controller = new SessionsController();
 * const descriptor = new Descriptor('pip-services-sessions', 'persistence', 'memory', 'default', '1.0');
 * controller.setReferences(References.fromTuples(descriptor, persistence));
 * await persistence.open(null);
 * const session = await controller.openSession(null, '1', 'User 1');
 */
export class SessionsController implements IConfigurable, IReferenceable, IUnreferenceable, IOpenable, ICommandable {
  static readonly settings = ['options.expire_timeout', 'options.cleanup_interval', 'dependencies.persistence'];
  /** The clock by which sessions end. */
  readonly clock: Clock;
  #config = new ConfigParams();
  #idle_timeout_ms = DEFAULTS.idle_timeout * 1000;
  #sweep_interval_ms = DEFAULTS.sweep_interval * 1000;
  #log = SILENT;
  #persistence: SessionsPersistence | null = null;
  #sessions: Sessions | null = null;
  #sweeper: Sweeper | null = null;
  #commandSet: CommandSet | null = null;

  constructor(clock: Clock = systemClock()) {
    this.clock = clock;
  }

  /** The use cases. Throws an InvalidStateException before the controller is wired. */
  get sessions(): Sessions {
    if (this.#sessions) return this.#sessions;
    const message = 'The sessions controller has no persistence: call setReferences first.';
    throw new InvalidStateException(undefined, 'NOT_WIRED', message);
  }

  configure(config: ConfigParams): void {
    const min = -INTERVAL_MS_MAX;
    this.#config = this.#config.override(config);
    this.#idle_timeout_ms = wholeSetting(config, 'options.expire_timeout', this.#idle_timeout_ms, 1, TIMEOUT_MS_MAX);
    this.#sweep_interval_ms = wholeSetting(
      config,
      'options.cleanup_interval',
      this.#sweep_interval_ms,
      min,
      INTERVAL_MS_MAX,
    );
    this.#wire();
  }

  setReferences(references: IReferences): void {
    const persistence = findDependency(references, this.#config, 'persistence');
    if (!isPersistence(persistence)) {
      throw badSetting('dependencies.persistence', 'dependencies.persistence must locate a persistence of sessions.');
    }
    this.#log = findLog(references);
    this.#persistence = persistence;
    this.#wire();
  }

  unsetReferences(): void {
    this.#persistence = null;
    this.#wire();
  }

  getCommandSet(): CommandSet {
    this.#commandSet ??= this.#createCommandSet();
    return this.#commandSet;
  }

  isOpen(): boolean {
    return this.#sweeper !== null;
  }

  /** Starts the sweeps. The methods also work without it. */
  async open(_correlationId: string | null): Promise<void> {
    if (this.#sweeper) return;
    this.#sweeper = new Sweeper(this.sessions, this.#sweep_interval_ms, this.#log);
    this.#sweeper.start();
  }

  async close(_correlationId: string | null): Promise<void> {
    await this.#sweeper?.stop();
    this.#sweeper = null;
  }

  /** Returns one page of sessions without `user` and `data`, the newest activity first. */
  getSessions(
    correlationId: string | null,
    filter?: FilterParams | null,
    paging?: PagingParams | null,
  ): Promise<DataPage<SessionSummaryV1>> {
    return this.#run(correlationId, 'get_sessions', { filter, paging });
  }

  /** Returns a session, active or ended; null if no session has this id. */
  getSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'get_session_by_id', { session_id: sessionId });
  }

  /** Opens a session for a user whom the caller has authenticated. */
  openSession(
    correlationId: string | null,
    user_id: string,
    user_name?: string | null,
    address?: string | null,
    client?: string | null,
    user?: unknown,
    data?: unknown,
  ): Promise<SessionV1> {
    return this.#run(correlationId, 'open_session', { user_id, user_name, address, client, user, data });
  }

  /** Replaces `data`, which must not be null; null if no session has this id. It counts as activity. */
  storeSessionData(correlationId: string | null, sessionId: string, data: unknown): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'store_session_data', { session_id: sessionId, data });
  }

  /** Replaces `user`, which must not be null; null if no session has this id. It counts as activity. */
  updateSessionUser(correlationId: string | null, sessionId: string, user: unknown): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'update_session_user', { session_id: sessionId, user });
  }

  /** Ends a session and returns it; null if no session has this id. An ended session stays as it is. */
  closeSession(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'close_session', { session_id: sessionId });
  }

  /** Closes every session that is past its timeout. */
  async closeExpiredSessions(correlationId: string | null): Promise<void> {
    await this.#run(correlationId, 'close_expired_sessions', {});
  }

  /** Deletes a session and returns it as it was; null if no session has this id. */
  deleteSessionById(correlationId: string | null, sessionId: string): Promise<SessionV1 | null> {
    return this.#run(correlationId, 'delete_session_by_id', { session_id: sessionId });
  }

  async #run<N extends CommandName>(
    correlationId: string | null,
    name: N,
    request: object,
  ): Promise<CommandResults[N]> {
    return runCommand(this.sessions, correlationId, name, request);
  }

  #wire(): void {
    const idle_timeout_ms = this.#idle_timeout_ms;
    this.#persistence?.assumeIdleTimeout(idle_timeout_ms);
    this.#sessions =
      this.#persistence &&
      new Sessions(this.#persistence.store, this.clock, {
        idle_timeout_ms,
        page_size_max: this.#persistence.page_size_max,
      });
  }

  #createCommandSet(): CommandSet {
    const commands = new CommandSet();
    for (const name of COMMAND_NAMES) {
      // The toolkit requires a schema, but the schema of the command itself checks requests.
      const schema = new ObjectSchema(true);
      commands.addCommand(
        new Command(name, schema, (correlationId, args) => this.#run(correlationId, name, args ?? {})),
      );
    }
    return commands;
  }
}
