/** An application signs a user in by its own means; its other services ask here, by the token that the user holds. */
import { createSessionsClient, RevisionConflictError } from '@pip-sessions/client';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const sessions = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });

// Log in: the token goes to the user's browser or app, and is stored nowhere here.
const { session, token } = await sessions.open({
  user_id: 'user-1',
  user_name: 'User 1',
  client: 'Firefox',
  auth_methods: ['pwd'],
  data: { cart: [] },
});

// Each request: is the token good, and whose is it?
const validation = await sessions.validate(token);
console.log('validated:', validation.active && validation.session.user_id);

// Two requests at once: whoever did not see the other's change hears of it, and nothing is lost.
await sessions.patchData(session.id, { cart: ['apple'] }, { if_match: session.revision });
try {
  await sessions.patchData(session.id, { cart: ['pear'] }, { if_match: session.revision });
} catch (error) {
  console.log('changed meanwhile:', error instanceof RevisionConflictError);
}

// The user proves more than a password: a new token, and the old one is good for a short grace only.
const stronger = await sessions.rotate({ token, auth_methods: ['pwd', 'otp'], auth_level: 2 });

// "Your sessions": sign out everywhere else, then here.
const elsewhere = await sessions.open({ user_id: 'user-1', client: 'Phone' });
await sessions.closeMany({ filter: { user_id: 'user-1' }, except: [session.id] });
console.log('on the phone:', await sessions.validate(elsewhere.token));
await sessions.close(session.id);
console.log('here:', await sessions.validate(stronger.token));
