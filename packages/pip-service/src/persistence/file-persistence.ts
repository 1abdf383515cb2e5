import { type Clock, systemClock } from '@pip-sessions/service/internal/domain/time/clock';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { DEFAULTS, textSetting } from '../settings.ts';
import { FileStore, type FileStoreSettings } from './file-store.ts';
import { SessionsMemoryPersistence } from './memory-persistence.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Stores sessions in a JSON file in the format of the microservice's file store. Both programs can use the same file.
 *
 * Configuration: `path` of the file, relative to the working directory, and `options.max_page_size`.
 *
 * A session that the microservice wrote has no idle timeout. It gets the controller's `options.expire_timeout` when the
 * file is opened. So wire the controller before that, as the container does; otherwise it gets 24 hours.
 *
 * @example
 * import { SessionsFilePersistence } from '@pip-sessions/pip-service';
 * import { ConfigParams } from 'pip-services3-commons-nodex';
 *
 * const persistence = new SessionsFilePersistence();
 * persistence.configure(ConfigParams.fromTuples('path', './data/sessions.json'));
 * await persistence.open(null);
 */
export class SessionsFilePersistence extends SessionsMemoryPersistence {
  static override readonly settings: readonly string[] = [...SessionsMemoryPersistence.settings, 'path'];
  readonly #settings: Mutable<FileStoreSettings>;

  constructor(path = '', clock: Clock = systemClock()) {
    const settings = { path, idle_timeout_ms: DEFAULTS.idle_timeout * 1000 };
    super(clock, new FileStore(settings));
    this.#settings = settings;
  }

  /** The path of the file. */
  get path(): string {
    return this.#settings.path;
  }

  /** Reads the keys of the memory persistence, and `path`, the file with the sessions. */
  override configure(config: ConfigParams): void {
    super.configure(config);
    this.#settings.path = textSetting(config, 'path') ?? this.#settings.path;
  }

  /** Sets the idle timeout of sessions in the file that have none, in milliseconds. */
  override assumeIdleTimeout(idle_timeout_ms: number): void {
    super.assumeIdleTimeout(idle_timeout_ms);
    this.#settings.idle_timeout_ms = idle_timeout_ms;
  }
}
