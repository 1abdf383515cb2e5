import { userSessions } from '@pip-sessions/client/h3';
import ofExample from '../session.example.ts';

export default defineEventHandler((event) => {
  const handle = globalThis.cases.has(event) ? globalThis.cases.enter(userSessions) : ofExample;
  return handle(event);
});
