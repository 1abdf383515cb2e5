import { userHash } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { type AnyRoute, route, streamRoute } from './route.ts';
import { erasedText, exportEndText, exportedText } from './wire.ts';

/** The routes about everything that is stored about one user. */
export const USER_ROUTES: readonly AnyRoute[] = [
  streamRoute('exportUser', {
    summary: 'All sessions of a user, live and ended, as lines of JSON, the newest first',
    audited: 'user_exported',
    input: 'UserRequest',
    stream: ({ sessions }, { input: { user_id } }) => ({
      parts: exportLines(sessions.users.export(user_id), sessions.now),
      user_id_hash: userHash(user_id),
    }),
  }),
  route('eraseUser', {
    summary: 'Deletes all sessions of a user, live and ended, and returns a receipt',
    audited: 'user_erased',
    input: 'UserRequest',
    run: async ({ sessions }, { input: { user_id } }) => {
      const erased = await sessions.users.erase(user_id);
      const { user_id_hash, erased: count, closed, more } = erased;
      return { text: erasedText(erased), user_id_hash, audit: { user_id_hash, count, closed, more } };
    },
  }),
];

async function* exportLines(found: AsyncIterable<readonly Session[]>, now: () => number): AsyncGenerator<string> {
  let count = 0;
  for await (const sessions of found) {
    if (sessions.length > 0) yield exportedText(sessions, now());
    count += sessions.length;
  }
  yield exportEndText(count);
}
