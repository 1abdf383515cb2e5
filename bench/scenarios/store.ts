import type { Scenario } from './scenario.ts';
import { isSession } from './session-answer.ts';

const DATA = { cart: [1, 2, 3, 4] };

export const store: Scenario = {
  name: 'store',
  path: '/v1/sessions/store_session_data',
  needs_tokens: false,
  is_write: true,
  summary: 'new data for one session, random ids',
  calls: ({ ids }) => ids.map((id) => ({ members: { session_id: id, data: DATA }, subject: id })),
  isRight: (body, subject) =>
    isSession(body) && body.id === subject && JSON.stringify(body.data) === JSON.stringify(DATA),
};
