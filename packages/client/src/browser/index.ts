/**
 * Shows a page whether its user is signed in, and for how long. It reads the application's own endpoint and never sees a
 * token.
 *
 * @example
 * import { watchSession } from '@pip-sessions/client/browser';
 *
 * const watch = watchSession({ url: '/session' });
 * watch.subscribe(() => console.log(watch.getSnapshot().status));
 */
export {
  type SessionInfo,
  type SessionStatus,
  type SessionWatch,
  type WatchedSession,
  type WatchOptions,
  watchSession,
} from './watch-session.ts';
