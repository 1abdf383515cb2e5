/** An application of Koa. Start it with `npm run example:koa`; it needs the sessions service. */
// #region koa
import Router from '@koa/router';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/koa';
import parse from 'co-body';
import Koa from 'koa';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = new Koa();
app.use(userSessions({ client, development: true })); // development: http on this machine

const router = new Router();
router.post('/login', async (ctx) => {
  // Check the user's password here.
  const { user } = await parse.json(ctx);
  await ctx.state.userSession.login({ user_id: user, client: ctx.get('user-agent'), auth_methods: ['pwd'] });
  ctx.body = { signed_in: user };
});
router.get('/me', requireSession(), (ctx) => {
  ctx.body = { user: ctx.state.userSession.required.user_id };
});
router.post('/payments', requireSession({ level: 2, max_age_s: 300 }), (ctx) => {
  ctx.body = { paid: true };
});
router.post('/logout', async (ctx) => {
  await ctx.state.userSession.logout();
  ctx.status = 204;
});
app.use(router.routes());
// #endregion

router.get('/devices', requireSession(), async (ctx) => {
  const { items, current } = await ctx.state.userSession.devices();
  ctx.body = items.map(({ id, client }) => ({ id, client, here: id === current }));
});
router.delete('/devices/:id', requireSession(), async (ctx) => {
  ctx.body = { ended: await ctx.state.userSession.endDevice(String(ctx.params.id)) };
});
router.post('/second-factor', requireSession(), async (ctx) => {
  // Check a one-time password here.
  await ctx.state.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  ctx.body = { level: ctx.state.userSession.required.auth_level };
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(urlOf(server.address())));

function urlOf(address: ReturnType<typeof server.address>): string {
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : String(address);
}
