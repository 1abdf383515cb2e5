import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ChangeListener, ChangeListeners } from '@pip-sessions/service/internal/domain/changes';
import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import { asOf, type Session } from '@pip-sessions/service/internal/domain/session';
import type { SessionUpdate } from '@pip-sessions/service/internal/domain/session-update';
import type {
  ClosedMatching,
  CloseMatching,
  Expired,
  HourCounts,
  PageRequest,
  RemovedOfUser,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionLimit,
  SessionPage,
  SessionStore,
  UpdateResult,
} from '@pip-sessions/service/internal/domain/store';
import { elapsedTime } from '@pip-sessions/service/internal/domain/time/elapsed-time';
import { memoryStoreConfig } from '@pip-sessions/service/internal/stores/memory/config';
import { MemoryStore } from '@pip-sessions/service/internal/stores/memory/store';
import { makePrivate } from '@pip-sessions/service/internal/stores/shared/private-file';
import { writeFileAtomically } from './atomic-file.ts';
import { SaveQueue } from './save-queue.ts';
import { entryText, type FileEntry, parseSessionsFile, sessionsFileText } from './sessions-file.ts';

/** The settings are read each time that the store is opened. */
export interface FileStoreSettings {
  readonly path: string;
  /** The idle timeout of sessions that have none in the file. */
  readonly idle_timeout_ms: number;
}

/** An entry with its text, so that a save serializes only changed entries. */
interface Entry extends FileEntry {
  readonly text: string;
}

const MEMORY = memoryStoreConfig('memory:');

/**
 * A memory store that also writes its sessions to a JSON file, in the format of the microservice's file store. A change
 * resolves when the file with it is on disk. Each save writes the whole file, so the store is for small installations
 * with a single process.
 */
export class FileStore implements SessionStore {
  readonly #settings: FileStoreSettings;
  readonly #write: (path: string, text: string) => Promise<void>;
  readonly #saves = new SaveQueue(() => this.#save());
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new ChangeListeners();
  /** Ids of sessions whose entry in `#entries` is out of date. */
  readonly #changed = new Set<string>();
  #memory: MemoryStore | null = null;
  /** Remains set after `close`, because the last save needs it. */
  #latest: MemoryStore | null = null;
  #path = '';
  #unsaved = false;
  /** The latest `now` of a call: a save writes sessions that are past their deadline then as ended. */
  #now = Number.NEGATIVE_INFINITY;

  constructor(settings: FileStoreSettings, write = writeFileAtomically) {
    this.#settings = settings;
    this.#write = write;
  }

  async open(): Promise<void> {
    if (this.#memory) return;
    const { path, idle_timeout_ms } = this.#settings;
    if (path === '')
      throw new SessionsError('INVALID_CONFIG', 'path is missing: it must be the path of the sessions file.');
    makePrivate(path);
    // Resolves a symbolic link, so that the file is replaced and not the link.
    this.#path = await realpath(path).catch(() => resolve(path));
    const entries = parseSessionsFile(this.#path, await readText(this.#path), idle_timeout_ms);
    if (entries.length > MEMORY.sessions_max) {
      const message = `The sessions file ${this.#path} has more than ${MEMORY.sessions_max} sessions, the maximum.`;
      throw new SessionsError('STORE_UNUSABLE', message);
    }
    const memory = new MemoryStore(MEMORY);
    this.#entries.clear();
    for (const { session, rest } of entries) {
      await memory.insert(session, null, Number.NEGATIVE_INFINITY);
      this.#keep(session, rest);
    }
    memory.watch((change) => {
      if (change.type === 'changed') this.#changed.add(change.id);
      if (change.type === 'removed') this.#entries.delete(change.id);
      this.#listeners.tell(change);
    });
    this.#memory = memory;
    this.#latest = memory;
    this.#unsaved = false;
  }

  async close(): Promise<void> {
    this.#memory = null;
    // Calls of this turn must first record their changes.
    await nextTurn();
    await this.#saves.idle();
    if (this.#unsaved) await this.#saves.request();
  }

  async ping(): Promise<void> {
    this.#opened();
  }

  async insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]> {
    const evicted = await this.#at(now).insert(session, limit, now);
    await this.#saved();
    return evicted;
  }

  async find(id: string): Promise<Session | null> {
    return this.#opened().find(id);
  }

  async update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const result = await this.#at(now).update(id, update, now);
    if (result.outcome === 'updated') this.#changed.add(id);
    // A rejected update may have ended the session.
    if (this.#changed.has(id)) await this.#saved();
    return result;
  }

  async remove(id: string): Promise<Session | null> {
    const session = await this.#opened().remove(id);
    if (session) await this.#saved();
    return session;
  }

  async list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#at(now).list(filter, page, now);
  }

  async scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    return this.#at(now).scan(filter, after, take, now);
  }

  async count(filter: SessionFilter, now: number): Promise<number> {
    return this.#at(now).count(filter, now);
  }

  async closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching> {
    const result = await this.#at(now).closeMatching(request, now);
    if (!request.dry_run && result.ids.length > 0) await this.#saved();
    return result;
  }

  async expire(now: number, limit: number, user_id?: string): Promise<Expired> {
    const expired = await this.#at(now).expire(now, limit, user_id);
    if (expired.count > 0) await this.#saved();
    return expired;
  }

  async purge(closed_before: number, limit: number): Promise<number> {
    const purged = await this.#opened().purge(closed_before, limit);
    if (purged > 0) await this.#saved();
    return purged;
  }

  async removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    const removed = await this.#at(now).removeOfUser(user_id, limit, now);
    if (removed.count > 0) await this.#saved();
    return removed;
  }

  async clockDifference(): Promise<null> {
    return null;
  }

  async lease(): Promise<boolean> {
    return true;
  }

  /** Counts only since the file was opened: the file does not contain them. */
  async hours(since: number): Promise<readonly HourCounts[]> {
    return this.#opened().hours(since);
  }

  watch(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  watermark(): number {
    return elapsedTime();
  }

  #opened(): MemoryStore {
    if (this.#memory) return this.#memory;
    throw new SessionsError('STORE_UNAVAILABLE', 'The persistence of the sessions file is not open.');
  }

  #at(now: number): MemoryStore {
    this.#now = Math.max(this.#now, now);
    return this.#opened();
  }

  #keep(session: Session, rest: string): void {
    this.#entries.set(session.id, { session, rest, text: entryText({ session, rest }) });
  }

  #saved(): Promise<void> {
    this.#unsaved = true;
    return this.#saves.request();
  }

  async #save(): Promise<void> {
    if (this.#latest) await this.#keepChanged(this.#latest);
    for (const { session, rest } of this.#entries.values()) {
      const seen = asOf(session, this.#now);
      if (seen !== session) this.#keep(seen, rest);
    }
    this.#unsaved = false;
    const texts = Array.from(this.#entries.values(), ({ text }) => text);
    try {
      await this.#write(this.#path, sessionsFileText(texts));
    } catch (cause) {
      this.#unsaved = true;
      const message = `The sessions file ${this.#path} cannot be written: ${(cause as Error).message}`;
      throw new SessionsError('STORE_UNAVAILABLE', message, { cause });
    }
  }

  async #keepChanged(memory: MemoryStore): Promise<void> {
    for (const id of this.#changed) {
      this.#changed.delete(id);
      const session = await memory.find(id);
      if (session) this.#keep(session, this.#entries.get(id)?.rest ?? '');
    }
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    const message = `The sessions file ${path} cannot be read: ${(cause as Error).message}`;
    throw new SessionsError('STORE_UNUSABLE', message, { cause });
  }
}
