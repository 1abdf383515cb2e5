/** An application of H3 2. In Nitro, each part is a file in `server/`. */
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/h3';
import { H3, serve } from 'h3';

const client = createSessionsClient({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });

// #region application
const app = new H3();
app.use(userSessions({ client, development: true }));

app.post('/login', async ({ req, context }) => {
  const form = await req.formData();
  // Check the user's password here.
  await context.userSession.login({ user_id: String(form.get('user')), client: req.headers.get('user-agent') });
  return { signed_in: form.get('user') };
});

app.use('/me', requireSession());
app.get('/me', ({ context }) => ({ user: context.userSession.required.user_id }));

app.post('/logout', async ({ context }) => {
  await context.userSession.logout();
  return { signed_out: true };
});
// #endregion

for (const path of ['/devices', '/devices/**', '/second-factor']) app.use(path, requireSession());
app.get('/devices', async ({ context }) => {
  const { items, current } = await context.userSession.devices();
  return items.map(({ id, client }) => ({ id, client, here: id === current }));
});
app.delete('/devices/:id', async ({ context }) => {
  return { ended: await context.userSession.endDevice(String(context.params?.id)) };
});

app.post('/second-factor', async ({ context }) => {
  // Check a one-time password here.
  await context.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return { level: context.userSession.required.auth_level };
});
app.use('/payments', requireSession({ level: 2, max_age_s: 300 }));
app.post('/payments', () => ({ paid: true }));

const server = serve(app, { hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000), silent: true });
await server.ready();
console.log(server.url);
