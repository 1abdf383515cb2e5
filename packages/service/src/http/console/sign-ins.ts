import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../api/caller.ts';
import { RequestError } from '../../api/error-codes.ts';
import { toJsonText } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { consoleUserOf, keyOfConsoleUser } from '../../domain/users/console-users.ts';
import { type ApiKey, hashOf } from '../authentication/api-keys.ts';
import { type Authenticator, openTo } from '../authentication/authenticate.ts';
import { cookieOf, tokenOf } from './cookie.ts';
import { isOpenedByHttps } from './origin.ts';

/** The timeouts of the console's sessions, in milliseconds. */
export interface ConsoleTimeouts {
  readonly idle_timeout_ms: number;
  readonly lifetime_ms: number;
}

/** The user of a request of the console. */
export interface ConsoleUser {
  readonly caller: Caller;
  /** The session of the console; null if the service requires no key. */
  readonly session: Session | null;
}

/**
 * Signs users of the console in by an API key. The key is exchanged for a session of this service, whose token is in a
 * cookie. It has the scope that the key has now, and is worth nothing once the key was removed or replaced.
 */
export class SignIns {
  readonly #sessions: Sessions;
  readonly #authenticator: Authenticator;
  readonly #timeouts: ConsoleTimeouts;

  constructor(sessions: Sessions, authenticator: Authenticator, timeouts: ConsoleTimeouts) {
    this.#sessions = sessions;
    this.#authenticator = authenticator;
    this.#timeouts = timeouts;
  }

  /** Whether the service requires no key. */
  get isOpen(): boolean {
    return this.#authenticator.isOpen;
  }

  /**
   * Opens a session for an API key of scope `write` or `admin`. Returns its user, and the `Set-Cookie` header. Throws
   * as `Authenticator.authenticate` does, and `FORBIDDEN` if the console was opened by plain http from another machine.
   */
  async signIn(key: string, request: IncomingMessage): Promise<ConsoleUser & { readonly cookie: string }> {
    const isSecure = isOpenedByHttps(request);
    const address = addressOf(request);
    const caller = this.#authenticator.authenticateKey(key, 'write', address);
    const name = caller.key ?? '';
    const { session, token } = await this.#sessions.openWithToken(
      {
        user_id: consoleUserOf(name),
        user_name: `console, key ${name}`,
        address,
        client: (request.headers['user-agent'] ?? '').slice(0, CLIENT_LENGTH_MAX) || null,
        data: toJsonText(fingerprintOf({ hash: hashOf(key) })),
        idle_timeout_ms: this.#timeouts.idle_timeout_ms,
        expire_time: this.#sessions.now() + this.#timeouts.lifetime_ms,
        is_of_console: true,
      },
      null,
    );
    return { caller, session, cookie: cookieOf(token, isSecure) };
  }

  /** Returns the user of a request. Throws `UNAUTHORIZED` if there is none. */
  async userOf(request: IncomingMessage, is_passive: boolean): Promise<ConsoleUser> {
    const found = await this.findUser(request, is_passive);
    if (found === null) throw new RequestError('UNAUTHORIZED', 'Sign in to the console with an API key.');
    return found;
  }

  /** Returns the user of a request; null if there is none. */
  async findUser(request: IncomingMessage, is_passive: boolean): Promise<ConsoleUser | null> {
    const address = addressOf(request);
    if (this.isOpen) return { caller: openTo(address), session: null };
    const found = await this.#find(tokenOf(request), is_passive);
    if (found === null) return null;
    const { key, session } = found;
    this.#authenticator.assertScope(key, 'write', address);
    return { caller: { key: key.name, scope: key.scope, address }, session };
  }

  /** Whether the user of a request is still signed in. */
  async isSignedIn(request: IncomingMessage): Promise<boolean> {
    return this.isOpen || (await this.#find(tokenOf(request), true)) !== null;
  }

  async signOut({ session }: ConsoleUser): Promise<void> {
    if (session) await this.#sessions.close(session.id, 'closed', session.user_id);
  }

  async #find(token: string | null, is_passive: boolean): Promise<{ key: ApiKey; session: Session } | null> {
    if (token === null) return null;
    const validation = await this.#sessions.validate(token, { is_passive });
    if (!validation.active) return null;
    const { session } = validation;
    const key = this.#authenticator.validKey(keyOfConsoleUser(session.user_id) ?? '');
    return key && session.data === toJsonText(fingerprintOf(key)) ? { key, session } : null;
  }
}

const CLIENT_LENGTH_MAX = 500;

/** Shows whether a session was opened with this key, or with a former one of the same name. */
function fingerprintOf({ hash }: Pick<ApiKey, 'hash'>): string {
  return hashOf(`console:${hash}`);
}

function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}
