/** An application with koa-session. Start it with `npm run example:koa-session`; it needs the sessions service. */
import { createSessionsClient } from '@pip-sessions/client';
import { PipSessionsStore } from '@pip-sessions/client/koa-session';
import parse from 'co-body';
import Koa from 'koa';
import session from 'koa-session';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const isSecure = process.env.NODE_ENV === 'production'; // https; the prefix __Host- needs it

// #region store
const store = new PipSessionsStore({
  client: createSessionsClient({ url, key: process.env.SESSIONS_KEY }),
  device: (_, ctx) => ({ client: ctx?.get('user-agent') ?? null, address: ctx?.ip ?? null }),
});

const app = new Koa();
app.keys = [process.env.COOKIE_SECRET ?? 'only for this machine'];
app.use(
  session(
    {
      store,
      key: isSecure ? '__Host-sid' : 'sid',
      secure: isSecure,
      sameSite: 'lax',
      maxAge: 3_600_000,
      rolling: true, // each request is activity
    },
    app,
  ),
);

app.use(async (ctx) => {
  switch (`${ctx.method} ${ctx.path}`) {
    case 'POST /login': {
      // Check the user's password here.
      const { user } = await parse.json(ctx);
      await ctx.session.regenerate();
      ctx.session.userId = user;
      ctx.body = { user };
      break;
    }
    case 'GET /me':
      ctx.body = { user: ctx.session.userId ?? null, session_id: await store.sessionIdOf(ctx.session.externalKey) };
      break;
    case 'GET /devices': {
      const page = await store.devices(ctx.session.externalKey);
      ctx.body = page?.items.map(({ id, client }) => ({ id, client, here: id === page.current })) ?? [];
      break;
    }
    case 'POST /devices/end': {
      const { id } = await parse.json(ctx);
      ctx.body = { ended: await store.endDevice(ctx.session.externalKey, id) };
      break;
    }
    case 'POST /logout':
      ctx.session = null;
      ctx.body = { user: null };
      break;
  }
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(urlOf(server.address())));

function urlOf(address: ReturnType<typeof server.address>): string {
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : String(address);
}
