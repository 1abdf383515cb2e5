/** express-session moves from connect-redis to the sessions service while its users go on. */
import { createSessionsClient } from '@pip-sessions/client';
import { PipSessionsStore } from '@pip-sessions/client/express-session';
import { createClient } from '@redis/client';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';

const redis = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' });
redis.on('error', ({ message }) => console.error(message)); // without it, a lost connection ends the process
await redis.connect();
const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });

// #region store
const store = new PipSessionsStore({
  client,
  fallback: {
    store: new RedisStore({ client: redis }),
    from: new Date(process.env.CHANGE_OVER ?? '2026-12-01T03:00:00Z'),
  },
});
// #endregion

const app = express();
const secret = process.env.COOKIE_SECRET ?? 'only for this machine';
app.use(session({ store, secret, resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 } }));
app.get('/me', (req, res) => {
  res.json({ user: Reflect.get(req.session, 'userId') ?? null });
});
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
