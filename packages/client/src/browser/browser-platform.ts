import { elapsedTime, random, systemTime } from '../transport/platform.ts';

/** A message between the tabs of an origin. It has no token, and nothing that the endpoint does not show. */
export type TabMessage =
  | { readonly body: unknown /** When the request was sent, in milliseconds since 1970. */; readonly at: number }
  | { readonly signed_out_at: number };

/** The parts of the browser that a watch uses. Tests replace it. */
export interface BrowserPlatform {
  /** A clock of elapsed time in milliseconds, which also counts while the machine sleeps. */
  readonly elapsedTime: () => number;
  /** Milliseconds since 1970, the same in all tabs. */
  readonly systemTime: () => number;
  /** Returns a number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Calls a function once. Returns a function that prevents it. */
  readonly after: (ms: number, call: () => void) => () => void;
  /**
   * Runs `work` while no other tab holds the lock. With `isAtOnce`, returns false if another tab holds it, else true.
   */
  readonly lock: (name: string, isAtOnce: boolean, work: () => Promise<void>) => Promise<boolean>;
  /** Receives the messages of other tabs. Returns a function that sends to them, and one that stops. */
  readonly connect: (
    name: string,
    receive: (message: TabMessage) => void,
  ) => { readonly send: (message: TabMessage) => void; readonly close: () => void };
  /** Whether there is a page; false where pages are rendered on a server. */
  readonly isPage: () => boolean;
  readonly isHidden: () => boolean;
  /** Calls a function when the page may have missed time or messages. Returns a function that stops it. */
  readonly onWake: (call: () => void) => () => void;
}

/** The parts of a page that are used. A worker and a server have none. */
interface Page {
  readonly document?: {
    readonly visibilityState: string;
    addEventListener(event: string, call: () => void, options: { readonly signal: AbortSignal }): void;
  };
  addEventListener?(event: string, call: () => void, options: { readonly signal: AbortSignal }): void;
}

const page = globalThis as Page;

/** The browser of this page. */
export const BROWSER: BrowserPlatform = {
  ...{ elapsedTime, systemTime, random },
  fetch: (url, init) => fetch(url, init),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  lock: async (name, isAtOnce, work) => {
    const locks = globalThis.navigator?.locks;
    // Only pages over https, and those of this machine, have locks.
    if (!locks) return work().then(() => true);
    return locks.request(name, { ifAvailable: isAtOnce }, async (lock) => {
      if (lock) await work();
      return lock !== null;
    });
  },
  connect: (name, receive) => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => receive(data);
    return { send: (message) => channel.postMessage(message), close: () => channel.close() };
  },
  isPage: () => page.document !== undefined,
  isHidden: () => page.document?.visibilityState === 'hidden',
  onWake: (call) => {
    const controller = new AbortController();
    const { signal } = controller;
    for (const event of ['online', 'pageshow', 'focus']) page.addEventListener?.(event, call, { signal });
    page.document?.addEventListener('visibilitychange', call, { signal });
    return () => controller.abort();
  },
};
