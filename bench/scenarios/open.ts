import { newSession } from '../contenders/preload.ts';
import type { Scenario } from './scenario.ts';
import { isSession } from './session-answer.ts';

export const open: Scenario = {
  name: 'open',
  path: '/v1/sessions/open_session',
  needs_tokens: false,
  is_write: true,
  summary: 'a new session with every property, random users',
  calls: ({ users }) => users.map((user_id) => ({ members: newSession(user_id), subject: user_id })),
  isRight: (body, subject) => isSession(body) && body.id !== '' && body.user_id === subject && body.active === true,
};
