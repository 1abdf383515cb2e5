import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sessions } from '../../domain/sessions.ts';
import type { SignIns } from './sign-ins.ts';

/** A deadline of the session is not published before its end is stored, so the session is validated now and then. */
const CHECK_INTERVAL_MS = 10_000;

/** Ends a stream with the session of the console that opened it. */
export function endWithSignIn(
  sessions: Sessions,
  signIns: SignIns,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const check = () =>
    signIns.isSignedIn(request).then(
      (isSignedIn) => isSignedIn || response.destroy(),
      () => response.destroy(),
    );
  const unwatch = sessions.watch((change) => {
    if (change.type === 'gap') void check();
    else if (change.id === id && (change.type === 'removed' || change.close_reason !== null)) response.destroy();
  });
  const timer = setInterval(check, CHECK_INTERVAL_MS).unref();
  response.once('close', () => {
    unwatch();
    clearInterval(timer);
  });
}
