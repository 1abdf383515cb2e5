import { userSessions } from '@pip-sessions/client/h3';
import ofExample from '../session.example.ts';

/** The example has its routes below `/api`, and the cases all others. */
export default function middleware(event, next) {
  const { pathname } = new URL(event.req.url);
  const handle = pathname.startsWith('/api/') ? ofExample : globalThis.cases.middleware(userSessions);
  return handle(event, next);
}
