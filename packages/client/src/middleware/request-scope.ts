import type { Session } from '../contract/v2.ts';
import type { SessionReader } from '../session-reader.ts';
import type { Credential } from './credential.ts';
import type { Settings } from './settings.ts';

/** Whose session a request belongs to, by now: what one mount of the middleware changes, the others see. */
export interface SessionState {
  credential: Credential | null;
  current: Session | null;
}

/** What a request presented, and to whom. */
interface Presented {
  readonly reader: SessionReader;
  readonly cookie_name: string;
  readonly token: string | null;
  readonly from: Credential['from'] | null;
}

/**
 * What all mounts of the middleware know of one request. Two that look for the same token ask once, and the second one
 * knows of a sign-in that the first one saw: otherwise it would clear the cookie of the new session with that of the old.
 */
export class RequestScope {
  readonly #sessions: { readonly presented: Presented; readonly state: SessionState }[] = [];

  find(settings: Settings, credential: Credential | null): SessionState | null {
    const presented = toPresented(settings, credential);
    return this.#sessions.find((known) => isSame(known.presented, presented))?.state ?? null;
  }

  add(settings: Settings, credential: Credential | null, current: Session | null): SessionState {
    const state = { credential, current };
    this.#sessions.push({ presented: toPresented(settings, credential), state });
    return state;
  }
}

const scopes = new WeakMap<object, RequestScope>();

/** The scope of a platform's request, which is the same object for each mount. */
export function scopeOf(request: object): RequestScope {
  const known = scopes.get(request);
  if (known) return known;
  const scope = new RequestScope();
  scopes.set(request, scope);
  return scope;
}

function toPresented({ reader, cookie }: Settings, credential: Credential | null): Presented {
  return { reader, cookie_name: cookie.name, token: credential?.token ?? null, from: credential?.from ?? null };
}

function isSame(one: Presented, other: Presented): boolean {
  return (
    one.reader === other.reader &&
    one.cookie_name === other.cookie_name &&
    one.token === other.token &&
    one.from === other.from
  );
}
