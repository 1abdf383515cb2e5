/** A service that validates tokens in its own memory, and sees at once that a session has ended elsewhere. */
import { setTimeout as wait } from 'node:timers/promises';
import { createCachedSessionsClient, createSessionsClient } from '@pip-sessions/client';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const elsewhere = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const { session, token } = await elsewhere.open({ user_id: 'ann' });

// #region create
const sessions = createCachedSessionsClient({
  url,
  key: process.env.SESSIONS_KEY,
  onStreamError: (error) => console.error(error.message), // the client opens the stream again by itself
});

async function userOf(credential: string): Promise<string | null> {
  const cached = sessions.peek(credential); // undefined: the service has to be called
  const found = cached === undefined ? await sessions.read(credential) : cached;
  return found?.user_id ?? null;
}
// #endregion

// Until the first event of the change stream, every read calls the service.
while (!sessions.cacheStats().fresh) await wait(5);
console.log('user:', await userOf(token));
console.log('from memory:', sessions.peek(token)?.user_id);

const started = performance.now();
await elsewhere.close(session.id);
while ((await userOf(token)) !== null) await wait(1);
console.log('the end took effect within 3 s:', performance.now() - started < 3_000);

// #region stop
sessions.stop(); // otherwise the change stream keeps the process alive
// #endregion
