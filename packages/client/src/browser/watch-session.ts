import { BROWSER, type BrowserPlatform, type TabMessage } from './browser-platform.ts';

/** The JSON of the application's endpoint for a signed-in user. It may have further properties. */
export interface SessionInfo {
  /** Whole seconds until the session ends without further activity; null if it has no deadline. */
  readonly expires_in: number | null;
}

/**
 * `unknown`: the endpoint has not responded yet, or it cannot be reached and the session may have ended. `expiring`: the
 * session ends soon without further activity.
 */
export type SessionStatus = 'unknown' | 'signed_in' | 'expiring' | 'signed_out';

/** The state of the sign-in. A change creates a new object, so states can be compared by `===`. */
export interface WatchedSession<T extends SessionInfo = SessionInfo> {
  /** Whether the user is signed in. */
  readonly status: SessionStatus;
  /** The last response of the endpoint; null without one, and for a signed-out user. */
  readonly session: T | null;
  /** Seconds until the session ends; only while it is `expiring`, else null. */
  readonly seconds_left: number | null;
  /** False while the endpoint cannot be reached: the state may be old. */
  readonly is_current: boolean;
}

/** The options of `watchSession`. Only `url` is required. */
export interface WatchOptions {
  /** The path of the endpoint on this origin: GET shows the session, POST renews it, DELETE signs the user out. */
  readonly url: string;
  /** How long before its end a session is `expiring`, in seconds; default 120. */
  readonly warn_s?: number;
  /** How often a visible page reads the endpoint, in seconds, once for all tabs; default 60. */
  readonly check_s?: number;
  /** The name of the channel and the lock of the tabs; default from `url`. */
  readonly name?: string;
}

/** Watches the session of a page. `subscribe` and `getSnapshot` are as `useSyncExternalStore` of React needs them. */
export interface SessionWatch<T extends SessionInfo = SessionInfo> {
  /** Returns the current state. */
  readonly getSnapshot: () => WatchedSession<T>;
  /** Calls `listener` after each change of the state. Returns a function that stops this. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Reads the endpoint now, for example after a sign-in. It never rejects: look at `is_current`. */
  readonly refresh: () => Promise<void>;
  /** Renews the session, once for all tabs. Rejects if the endpoint did not respond with the session or a 401. */
  readonly renew: () => Promise<void>;
  /** Signs the user out in all tabs. Rejects if the endpoint did not confirm it: the user is then still signed in. */
  readonly signOut: () => Promise<void>;
  /** Stops the watch. */
  readonly stop: () => void;
}

const TIMEOUT_MS = 10_000;
/** The shortest wait of the timer in milliseconds. */
const TURN_MS_MIN = 50;
const RETRY_MS = 2_000;
const RETRY_MS_MAX = 30_000;
/** Longer than a request takes. */
const OUTDATED_MS_MAX = 60_000;

const UNKNOWN = { status: 'unknown', session: null, seconds_left: null, is_current: false } as const;

/**
 * Watches the session of this page, by an endpoint of its own origin. Throws a `TypeError` that names a wrong option.
 *
 * @example
 * import { watchSession } from '@pip-sessions/client/browser';
 *
 * const watch = watchSession<{ expires_in: number | null; user: string }>({ url: '/session' });
 * const unsubscribe = watch.subscribe(() => {
 *   const { status, session, seconds_left } = watch.getSnapshot();
 *   if (status === 'expiring') console.log(`${session?.user}, you are signed out in ${seconds_left} seconds`);
 *   if (status === 'signed_out') console.log('signed out');
 * });
 */
export function watchSession<T extends SessionInfo = SessionInfo>(
  options: WatchOptions,
  platform: BrowserPlatform = BROWSER,
): SessionWatch<T> {
  const { url, warn_s = 120, check_s = 60, name = `pip-session:${url}` } = options;
  if (typeof url !== 'string' || !/^\/(?![/\\])/.test(url)) {
    throw new TypeError('url is not a path of this origin: use one like /session.');
  }
  for (const [option, value] of Object.entries({ warn_s, check_s })) {
    // A timer of the browser waits 24 days at most.
    if (!(value >= 1 && value <= 86_400)) throw new TypeError(`${option} is ${value}: use 1 to 86400 seconds.`);
  }
  const { elapsedTime, systemTime, random } = platform;
  const listeners = new Set<() => void>();
  let state: WatchedSession<T> = UNKNOWN;
  /** The end of the session, by the clock of elapsed time. */
  let ends_at = Number.POSITIVE_INFINITY;
  /** When the endpoint is read next, by the clock of elapsed time. */
  let check_at = Number.POSITIVE_INFINITY;
  let retry_ms = RETRY_MS;
  /** The time of the last sign-out, in milliseconds since 1970. */
  let signed_out_at = Number.NEGATIVE_INFINITY;
  /** When the request of the last response was sent, in milliseconds since 1970. */
  let shown_at = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let readingAgain: Promise<void> | null = null;
  let cancel = () => {};
  let isStopped = !platform.isPage();
  const tabs = isStopped ? null : platform.connect(name, receive);
  const unwake = platform.onWake(() => {
    if (!platform.isHidden() && !reading) void refresh();
  });

  function show(next: WatchedSession<T>): void {
    const isSame =
      next.status === state.status &&
      next.seconds_left === state.seconds_left &&
      next.is_current === state.is_current &&
      JSON.stringify(next.session) === JSON.stringify(state.session);
    if (isSame || isStopped) return;
    state = next;
    for (const listener of [...listeners]) listener();
  }

  /** Shows the state of the session at this moment. */
  function update(session: T | null = state.session, is_current = state.is_current): void {
    if (session === null) return;
    const left_s = Math.max(0, Math.ceil((ends_at - elapsedTime()) / 1000));
    const isExpiring = left_s <= warn_s;
    const status = left_s === 0 ? 'unknown' : isExpiring ? 'expiring' : 'signed_in';
    show({ status, session, seconds_left: isExpiring ? left_s : null, is_current });
  }

  function plan(): void {
    cancel();
    if (isStopped) return;
    const wait_ms = check_at - elapsedTime();
    // While the session is expiring, each second is shown.
    const isCounting = state.status === 'expiring';
    if (isCounting || wait_ms < Number.POSITIVE_INFINITY) {
      cancel = platform.after(Math.max(TURN_MS_MIN, isCounting ? Math.min(1_000, wait_ms) : wait_ms), wake);
    }
  }

  function wake(): void {
    const now = elapsedTime();
    const isDue = now >= check_at;
    const isTurn = now >= ends_at - warn_s * 1000;
    // Before a warning, the endpoint is read: activity of the application may have moved the end.
    if (!isDue || now >= ends_at) update();
    // A hidden page reads the endpoint when it is shown again, or when the session is about to end.
    if (isDue && platform.isHidden() && !isTurn) check_at = nextCheck(now);
    else if (isDue) void refresh();
    plan();
  }

  function nextCheck(now: number): number {
    const turns = [ends_at - warn_s * 1000, ends_at].filter((turn) => turn > now);
    return Math.min(now + check_s * (900 + 200 * random()), ...turns);
  }

  /** Whether a request shows the state before another moment. Moments far apart show that the clock was set. */
  function isBefore(at: number, other: number): boolean {
    return at < other && other - at < OUTDATED_MS_MAX;
  }

  /** Whether a request may show the session before a sign-out. In the same millisecond, the sign-out wins. */
  function isOutdated(at: number): boolean {
    return isBefore(at, signed_out_at + 1);
  }

  function accept(session: T, elapsed_ms: number): void {
    const now = elapsedTime();
    ends_at = session.expires_in === null ? Number.POSITIVE_INFINITY : now - elapsed_ms + session.expires_in * 1000;
    retry_ms = RETRY_MS;
    check_at = nextCheck(now);
    update(session, true);
    plan();
  }

  /** A signed-out page waits for the message of another tab, or for `refresh`. */
  function acceptSignOut(): void {
    check_at = Number.POSITIVE_INFINITY;
    show({ status: 'signed_out', session: null, seconds_left: null, is_current: true });
    plan();
  }

  function receive(message: TabMessage): void {
    if (isStopped) return;
    if ('signed_out_at' in message) {
      signed_out_at = Math.max(signed_out_at, message.signed_out_at);
      // A newer request of this page has seen a session: only the endpoint knows.
      if (isBefore(signed_out_at, shown_at)) void refresh();
      else acceptSignOut();
    } else if (!isOutdated(message.at)) {
      shown_at = Math.max(shown_at, message.at);
      // A page that was frozen receives old messages.
      accept(message.body as T, Math.max(0, systemTime() - message.at));
    }
  }

  async function send(method: 'GET' | 'POST' | 'DELETE'): Promise<void> {
    const sent = elapsedTime();
    const at = systemTime();
    const response = await platform.fetch(url, {
      method,
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { ok, status } = response;
    const isSignOut = method === 'DELETE' && ok;
    if (isSignOut || status === 401) {
      // A 401 shows the moment of its request. Meanwhile another tab may have signed a user in.
      if (!isSignOut && isBefore(at, shown_at)) check_at = elapsedTime();
      else showSignOut(isSignOut ? systemTime() : at);
      plan();
      return;
    }
    if (!ok) throw new Error(`${method} ${url}: the application responded with status ${status}`);
    const body = (await response.json()) as T | null;
    if (body === null || (body.expires_in !== null && typeof body.expires_in !== 'number')) {
      throw new TypeError(`${method} ${url}: expires_in is neither a number nor null`);
    }
    if (isOutdated(at)) return;
    shown_at = Math.max(shown_at, at);
    accept(body, elapsedTime() - sent);
    if (!isStopped) tabs?.send({ body, at });
  }

  function showSignOut(at: number): void {
    const wasSignedOut = state.status === 'signed_out';
    signed_out_at = Math.max(signed_out_at, at);
    acceptSignOut();
    if (!wasSignedOut && !isStopped) tabs?.send({ signed_out_at: at });
  }

  /** A request that was sent before the call may not show a sign-in: then the endpoint is read once more. */
  function refresh(): Promise<void> {
    if (isStopped) return Promise.resolve();
    if (reading === null) return read();
    readingAgain ??= reading.then(() => {
      readingAgain = null;
      return read();
    });
    return readingAgain;
  }

  function read(): Promise<void> {
    check_at = Number.POSITIVE_INFINITY;
    reading = send('GET')
      .catch(() => {
        check_at = elapsedTime() + retry_ms * (0.5 + random() / 2);
        retry_ms = Math.min(RETRY_MS_MAX, retry_ms * 2);
        update(state.session, false);
        show({ ...state, is_current: false });
        plan();
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  async function renew(): Promise<void> {
    if (await platform.lock(name, true, () => send('POST'))) return;
    // Another tab is renewing: wait for it. If it fails, this tab tries.
    await platform.lock(name, false, async () => {
      await refresh();
      if (state.status === 'expiring' || state.status === 'unknown') await send('POST');
    });
  }

  void refresh();
  return {
    getSnapshot: () => state,
    subscribe: (listener) => {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    refresh,
    renew,
    signOut: () => send('DELETE'),
    stop: () => {
      isStopped = true;
      cancel();
      unwake();
      tabs?.close();
    },
  };
}
