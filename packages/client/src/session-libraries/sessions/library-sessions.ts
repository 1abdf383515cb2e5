import { assertKnownOptions, assertObject } from '@pip-sessions/contract/arguments';
import { defaultUserId } from '@pip-sessions/contract/library-session';
import type { OwnSessionPage } from '@pip-sessions/contract/v2';
import type { DevicesRequest } from '../../v2/own-sessions.ts';
import { CallOrder } from '../call-order.ts';
import type { Held } from '../entry.ts';
import { IdleTimeouts } from '../idle-timeouts.ts';
import { type LibraryJson, remainingMs } from '../library-json.ts';
import { OldSessions } from '../old-store.ts';
import { type LibraryStoreOptions, STORE_OPTIONS } from '../options.ts';
import { toStoreError } from '../store-error.ts';
import { TakeOver } from '../take-over.ts';
import { SignIns } from '../users/sign-ins.ts';
import { UserDevices } from '../users/user-devices.ts';
import { toUserId } from '../users/user-ids.ts';
import { SessionEndings } from './session-endings.ts';
import { SessionFinder } from './session-finder.ts';
import { SessionList } from './session-list.ts';
import { SessionWriter } from './session-writer.ts';

/**
 * Sessions of libraries that identify them by their own id (`sid`), stored in API v2.
 *
 * An entry is a session of the service whose id is derived from the `sid`. For a visitor, it contains the library's
 * JSON. For a user, it names the sign-in: a session of the user, which contains the JSON instead. Both live and end
 * together. A revoked user is signed out here, and a user who signs out here disappears from the list of devices.
 */
export class LibrarySessions {
  readonly #finder: SessionFinder;
  readonly #endings: SessionEndings;
  readonly #writer: SessionWriter;
  readonly #order = new CallOrder();
  readonly list: SessionList;
  readonly #devices: UserDevices;
  /** Whether reading and touching count as activity. */
  readonly touches: boolean;
  /** The store that this one replaces, and the take-over of its sessions; null without the option `fallback`. */
  readonly #fallback: { readonly old: OldSessions; readonly takeOver: TakeOver } | null;

  constructor(options: LibraryStoreOptions, marker: string) {
    assertObject(options, 'options', 'new PipSessionsStore({ client })');
    assertKnownOptions(options, 'PipSessionsStore', STORE_OPTIONS);
    const { client, user_id = defaultUserId } = options;
    if (typeof client?.open !== 'function') {
      throw new TypeError('client is missing: create one with createSessionsClient.');
    }
    const library = options.marker ?? marker;
    const userIdOf = (data: LibraryJson) => toUserId(user_id(data));
    const idleTimeouts = new IdleTimeouts(client);
    const signIns = new SignIns(options, idleTimeouts);
    const finder = new SessionFinder(client, library, signIns, userIdOf);
    this.touches = options.disableTouch !== true;
    this.#finder = finder;
    this.#endings = new SessionEndings(client, finder, signIns);
    this.#writer = new SessionWriter({ client, marker: library, userIdOf, idleTimeouts, signIns, finder });
    this.list = new SessionList(client, library, finder, this.#endings);
    this.#devices = new UserDevices(client, finder, signIns);
    this.#fallback = null;
    if (options.fallback === undefined) return;
    const old = new OldSessions(options.fallback);
    const parts = { marker: library, userIdOf, idleTimeouts, signIns, finder, endings: this.#endings, old };
    this.#fallback = { old, takeOver: new TakeOver(parts) };
  }

  /** Returns a session; null if it does not exist or has ended. Counts as activity, unless `disableTouch` is set. */
  async read(sid: string, isActivity = this.touches): Promise<Held | null> {
    await this.#order.settled(sid);
    const { old, takeOver } = this.#fallback ?? {};
    if (!old || !takeOver) return this.#finder.read(sid, isActivity);
    const phase = old.phase();
    const data = phase === 'new' ? null : await old.get(sid);
    if (data) return ofOldStore(sid, data);
    if (phase === 'old') return null;
    const held = await this.#finder.read(sid, isActivity);
    return held || phase === 'changing' ? held : this.#order.write(sid, () => takeOver.read(sid, isActivity));
  }

  /**
   * Stores a session and returns it as it is then; null if it has ended meanwhile, which is final.
   *
   * `heldNow` returns the caller's version, and is called after all earlier writes. With it, changes of other requests
   * since then are kept, property by property. Without it, `data` replaces the session, even one that has ended.
   * `request` is the framework's request.
   */
  write(sid: string, data: LibraryJson, heldNow: () => Held | null, request?: unknown): Promise<Held | null> {
    return this.#order.write(sid, async () => {
      const held = heldNow();
      const known = held?.sid === sid ? held : null;
      const stored = await this.#write(sid, data, known, request);
      return stored && { ...stored, seen: data };
    });
  }

  /** Returns the id of the user's session in the service; null for a visitor. It does not count as activity. */
  async sessionIdOf(sid: string): Promise<string | null> {
    const held = await this.read(sid, false).catch((error: unknown) => {
      throw toStoreError(error);
    });
    return held?.sign_in?.session_id ?? null;
  }

  /** Returns a page of the live sessions of the user, the newest first; null for a visitor. */
  devices(sid: string, request: DevicesRequest): Promise<OwnSessionPage | null> {
    return this.#devices.list(this.read(sid, false), request);
  }

  /** Ends a session of the user. Returns false for a visitor, and if the user has no live session with this id. */
  endDevice(sid: string, id: string): Promise<boolean> {
    return this.#devices.end(this.read(sid, false), id);
  }

  /** Ends the other sessions of the user. Returns how many there were; 0 for a visitor. */
  logoutOthers(sid: string): Promise<number> {
    return this.#devices.endOthers(this.read(sid, false));
  }

  /** Records activity. `held` is the caller's version. */
  async touch(sid: string, held: Held | null = null): Promise<void> {
    const { old } = this.#fallback ?? {};
    if (old && old.phase() !== 'new' && held && isOfOldStore(held)) {
      return this.#order.write(sid, () => old.touch(sid, held.data));
    }
    await this.read(sid, true);
  }

  destroy(sid: string): Promise<void> {
    return this.#order.write(sid, () => this.#destroy(sid));
  }

  async #destroy(sid: string): Promise<void> {
    const { old, takeOver } = this.#fallback ?? {};
    const phase = old?.phase() ?? 'new';
    if (old && phase !== 'new') await old.destroy(sid);
    if (phase === 'old') return;
    await (takeOver ? takeOver.destroy(sid) : this.#endings.destroy(sid));
  }

  async #write(sid: string, data: LibraryJson, held: Held | null, request: unknown): Promise<Held | null> {
    const life_ms = remainingMs(data);
    const isLive = life_ms === null || life_ms > 0;
    const isStored = held !== null && !isOfOldStore(held);
    if (!isLive) {
      if (isStored) await this.#endings.end(this.#finder.names(sid, held.generation).id);
      else await this.#destroy(sid);
      return null;
    }
    const { old, takeOver } = this.#fallback ?? {};
    if (isStored || !old || !takeOver) {
      return held ? this.#writer.update(data, held.seen, held, request) : this.#writer.create(sid, data, request);
    }
    if (old.phase() !== 'new') {
      await old.set(sid, data);
      return ofOldStore(sid, data);
    }
    if (held === null) return this.#writer.create(sid, data, request);
    // The caller has read it before the change-over, and another request may have changed or ended it since.
    const current = await takeOver.read(sid, false);
    return current && this.#writer.update(data, held.seen, current, request);
  }
}

/** The service's revisions begin at 1. */
const REVISION_OF_OLD_STORE = 0;

/** A session that is in the old store only. */
function ofOldStore(sid: string, data: LibraryJson): Held {
  return { sid, generation: 0, revision: REVISION_OF_OLD_STORE, data, seen: data, sign_in: null };
}

/** Whether the caller's version was read from the old store, or written to it. */
export function isOfOldStore({ revision }: Held): boolean {
  return revision === REVISION_OF_OLD_STORE;
}
