import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SessionsError } from '../domain/errors.ts';
import { asOf, type Session, type SessionChange } from '../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore, UpdateResult } from '../domain/store.ts';
import { memoryStoreConfig } from '../stores/memory/config.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { SaveQueue } from './save-queue.ts';
import { entryText, type FileEntry, parseSessionsFile, sessionsFileText } from './sessions-file.ts';

/** Read each time that the store is opened. */
export interface FileStoreSettings {
  readonly path: string;
  /** For sessions that the file holds without a timeout of their own. */
  readonly idle_timeout_ms: number;
}

/** An entry with its text, so that a save writes again only what has changed. */
interface Entry extends FileEntry {
  readonly text: string;
}

const MEMORY = memoryStoreConfig('memory:');

/**
 * A memory store whose sessions are also in a JSON file, in the format of the microservice's file store. A change is
 * answered once the file that holds it is on disk; the file is written as a whole, so this is for small
 * installations and for one process alone.
 */
export class FileStore implements SessionStore {
  readonly #settings: FileStoreSettings;
  readonly #write: (path: string, text: string) => Promise<void>;
  readonly #saves = new SaveQueue(() => this.#save());
  readonly #entries = new Map<string, Entry>();
  #memory: MemoryStore | null = null;
  #path = '';
  #unsaved = false;
  /** The latest `now` of a call, for what has ended since it was last written. */
  #now = Number.NEGATIVE_INFINITY;

  constructor(settings: FileStoreSettings, write = writeFileAtomically) {
    this.#settings = settings;
    this.#write = write;
  }

  async open(): Promise<void> {
    if (this.#memory) return;
    const { path, idle_timeout_ms } = this.#settings;
    if (path === '') throw new SessionsError('INVALID_CONFIG', 'path must name the file that holds the sessions.');
    // Behind a symbolic link, the file is replaced and not the link.
    this.#path = await realpath(path).catch(() => resolve(path));
    const entries = parseSessionsFile(this.#path, await readText(this.#path), idle_timeout_ms);
    if (entries.length > MEMORY.sessions_max) {
      const message = `The sessions file ${this.#path} holds more than ${MEMORY.sessions_max} sessions.`;
      throw new SessionsError('STORE_UNUSABLE', message);
    }
    const memory = new MemoryStore(MEMORY);
    this.#entries.clear();
    for (const { session, rest } of entries) {
      await memory.insert(session);
      this.#keep(session, rest);
    }
    this.#memory = memory;
    this.#unsaved = false;
  }

  async close(): Promise<void> {
    this.#memory = null;
    // Calls of this turn still have to note what they changed.
    await nextTurn();
    await this.#saves.idle();
    if (this.#unsaved) await this.#saves.request();
  }

  async ping(): Promise<void> {
    this.#opened();
  }

  async insert(session: Session): Promise<void> {
    await this.#opened().insert(session);
    this.#keep(session, '');
    await this.#saved();
  }

  async find(id: string): Promise<Session | null> {
    return this.#opened().find(id);
  }

  async update(id: string, change: SessionChange, now: number): Promise<UpdateResult> {
    const result = await this.#at(now).update(id, change, now);
    if (result.outcome === 'updated') {
      this.#keep(result.session, this.#entries.get(id)?.rest ?? '');
      await this.#saved();
    }
    return result;
  }

  async remove(id: string): Promise<Session | null> {
    const session = await this.#opened().remove(id);
    if (session) {
      this.#entries.delete(id);
      await this.#saved();
    }
    return session;
  }

  async list(filter: SessionFilter, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#at(now).list(filter, page, now);
  }

  async expire(now: number, limit: number): Promise<number> {
    const closed = await this.#at(now).expire(now, limit);
    if (closed > 0) await this.#saved();
    return closed;
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
    if (this.#memory && this.#entries.size > MEMORY.sessions_max) await this.#forgetDropped(this.#memory);
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

  /** The memory store makes room when it is full, without saying so. */
  async #forgetDropped(memory: MemoryStore): Promise<void> {
    for (const id of this.#entries.keys()) {
      if ((await memory.find(id)) === null) this.#entries.delete(id);
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
