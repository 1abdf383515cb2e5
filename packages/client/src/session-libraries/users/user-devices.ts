import type { OwnSessionPage } from '@pip-sessions/contract/v2';
import { type DevicesRequest, endOthers, endOwn, isEndedToken } from '../../v2/own-sessions.ts';
import type { Held } from '../entry.ts';
import type { LibraryStoreOptions } from '../options.ts';
import type { SessionFinder } from '../sessions/session-finder.ts';
import { toStoreError } from '../store-error.ts';
import type { SignIns } from './sign-ins.ts';

/** The sign-ins of the user of a session. The token of the session's own sign-in proves who the user is. */
export class UserDevices {
  readonly #client: LibraryStoreOptions['client'];
  readonly #finder: SessionFinder;
  readonly #signIns: SignIns;

  constructor(client: LibraryStoreOptions['client'], finder: SessionFinder, signIns: SignIns) {
    this.#client = client;
    this.#finder = finder;
    this.#signIns = signIns;
  }

  /** Returns a page of the live sign-ins, the newest first; null for a visitor. */
  list(held: Promise<Held | null>, request: DevicesRequest): Promise<OwnSessionPage | null> {
    return this.#withToken(held, null, (token) => this.#client.own({ active: true, ...request, token }));
  }

  /** Ends a sign-in. Returns false for a visitor, and if the user has no live session with this id. */
  end(held: Promise<Held | null>, id: string): Promise<boolean> {
    return this.#withToken(held, false, (token) => endOwn(this.#client, token, id));
  }

  /** Ends all other sign-ins. Returns how many there were; 0 for a visitor. */
  endOthers(held: Promise<Held | null>): Promise<number> {
    return this.#withToken(held, 0, (token) => endOthers(this.#client, token));
  }

  async #withToken<T>(held: Promise<Held | null>, ofVisitor: T, call: (token: string) => Promise<T>): Promise<T> {
    try {
      const token = await this.#tokenOf(await held);
      return token === null ? ofVisitor : await call(token);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      if (isEndedToken(error)) return ofVisitor;
      throw toStoreError(error);
    }
  }

  async #tokenOf(held: Held | null): Promise<string | null> {
    if (!held?.sign_in) return null;
    const session = await this.#signIns.load(held.sign_in, null, false);
    return session && this.#signIns.tokenOf(this.#finder.names(held.sid, held.generation), held.sign_in, session);
  }
}
