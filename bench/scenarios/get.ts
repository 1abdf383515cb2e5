import type { Scenario } from './scenario.ts';
import { isSession } from './session-answer.ts';

export const get: Scenario = {
  name: 'get',
  path: '/v1/sessions/get_session_by_id',
  needs_tokens: false,
  is_write: false,
  summary: 'one session by its id, random ids',
  calls: ({ ids }) => ids.map((id) => ({ members: { session_id: id }, subject: id })),
  isRight: (body, subject) => isSession(body) && body.id === subject,
};
