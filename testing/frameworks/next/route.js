import { requireSession, userSessions } from '@pip-sessions/client/next';
import { cookies, headers } from 'next/headers';

const modules = { requireSession, userSessions, cookies, headers };

function handle(request) {
  return globalThis.casesOfNext(modules, request);
}

export { handle as GET, handle as POST };
