/** An application authenticates a user itself. Its other services then validate the token that the user sends. */
import { createSessionsClient, RevisionConflictError } from '@pip-sessions/client';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const sessions = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });

// Sign in: send the token to the user's browser or app, and do not store it.
const { session, token } = await sessions.open({
  user_id: 'user-1',
  user_name: 'User 1',
  client: 'Firefox',
  auth_methods: ['pwd'],
  data: { cart: [] },
});

// Each request: is the token valid, and which user has it?
const validation = await sessions.validate(token);
console.log('validated:', validation.active && validation.session.user_id);

// Two parallel requests: the one with the old revision gets an error, so no update is lost.
await sessions.patchData(session.id, { cart: ['apple'] }, { if_match: session.revision });
try {
  await sessions.patchData(session.id, { cart: ['pear'] }, { if_match: session.revision });
} catch (error) {
  console.log('changed meanwhile:', error instanceof RevisionConflictError);
}

// Step-up: the user proves a second factor and gets a new token. The old token is valid only during a short grace.
const stronger = await sessions.rotate({ token, auth_methods: ['pwd', 'otp'], auth_level: 2 });

// "Your sessions": sign out on all other devices, then here.
const elsewhere = await sessions.open({ user_id: 'user-1', client: 'Phone' });
await sessions.closeMany({ filter: { user_id: 'user-1' }, except: [session.id] });
console.log('on the phone:', await sessions.validate(elsewhere.token));
await sessions.close(session.id);
console.log('here:', await sessions.validate(stronger.token));
