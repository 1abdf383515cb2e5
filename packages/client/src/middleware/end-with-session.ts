import type { EndReason } from '@pip-sessions/contract/session-reader';
import type { Session } from '@pip-sessions/contract/v2';
import type { Settings } from './settings.ts';

/** Calls `close` when the session ends, by the reader or the client of the middleware that follows changes. */
export function endWithSession(
  { reader, client }: Settings,
  session: Session,
  close: (reason: EndReason) => void,
): () => void {
  const source = reader.endWith ? reader : client;
  if (source.endWith) return source.endWith(session, close);
  throw new TypeError('endWith needs a client with a change stream: use createCachedSessionsClient.');
}
