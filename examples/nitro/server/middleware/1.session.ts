import { createSessionsClient } from '@pip-sessions/client';
import { userSessions } from '@pip-sessions/client/h3';

const client = createSessionsClient({
  url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080',
  key: process.env.SESSIONS_KEY,
});

export default userSessions({ client, development: true });
