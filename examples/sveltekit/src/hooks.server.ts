import { createSessionsClient } from '@pip-sessions/client';
import { sessionErrors, userSessions } from '@pip-sessions/client/sveltekit';

const client = createSessionsClient({
  url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080',
  key: process.env.SESSIONS_KEY,
});

export const handle = userSessions({ client, development: true });
export const handleError = sessionErrors();
