import type { Scenario } from './scenario.ts';
import { isSession } from './session-answer.ts';

export const validate: Scenario = {
  name: 'validate',
  path: '/v2/sessions/validate',
  needs_tokens: true,
  is_write: false,
  summary: 'validity of a token, and its session, random tokens',
  calls: ({ ids, tokens }) => tokens.map((token, index) => ({ members: { token }, subject: ids[index] ?? '' })),
  isRight: (body, subject) =>
    typeof body === 'object' &&
    body !== null &&
    'active' in body &&
    body.active === true &&
    'session' in body &&
    isSession(body.session) &&
    body.session.id === subject,
};
