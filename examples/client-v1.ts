/** An application authenticates a user itself, and stores the session in the sessions service. */
import { createSessionsV1Client, SessionsServiceError } from '@pip-sessions/client';

const sessions = createSessionsV1Client({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });

const session = await sessions.openSession('trace-1', 'user-1', 'User 1', '10.0.0.1', 'Firefox', null, { cart: [] });
await sessions.storeSessionData('trace-1', session.id, { cart: ['apple'] });

// Any other service of the application reads the session by its id.
const seen = await sessions.getSessionById('trace-2', session.id);
console.log('active:', seen?.active, 'data:', seen?.data);

const { total } = await sessions.getSessions('trace-2', { user_id: 'user-1', active: true }, { total: true });
console.log('sessions of the user:', total);

await sessions.closeSession('trace-1', session.id);
try {
  await sessions.storeSessionData('trace-1', session.id, { cart: ['pear'] });
} catch (error) {
  if (error instanceof SessionsServiceError) console.log('after the close:', error.code);
}
