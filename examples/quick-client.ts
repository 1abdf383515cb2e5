import { createSessionsClient } from '@pip-sessions/client';

const sessions = createSessionsClient({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });

// The user has signed in: send the token to the user's browser or app.
const { session, token } = await sessions.open({ user_id: 'ann', client: 'Firefox' });

// Each request: every service of the application can validate the token.
const validation = await sessions.validate(token);
console.log('user:', validation.active && validation.session.user_id);
await sessions.close(session.id);
console.log('after the sign-out:', await sessions.validate(token));
