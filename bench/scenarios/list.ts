import type { Scenario } from './scenario.ts';
import { isSession } from './session-answer.ts';

const TAKE = 10;

export const list: Scenario = {
  name: 'list',
  path: '/v1/sessions/get_sessions',
  needs_tokens: false,
  is_write: false,
  summary: `a page of ${TAKE} sessions of one user, random users`,
  calls: ({ users }) =>
    users.map((user_id) => ({ members: { filter: { user_id }, paging: { take: TAKE } }, subject: user_id })),
  isRight: (body, subject) => {
    const sessions = typeof body === 'object' && body !== null && 'data' in body ? body.data : null;
    if (!Array.isArray(sessions) || sessions.length === 0 || sessions.length > TAKE) return false;
    return sessions.every((session) => isSession(session) && session.user_id === subject);
  },
};
