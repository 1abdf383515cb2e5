/**
 * Routes of React Router on a server. In framework mode, `middleware` of the first route is an export of `root.tsx`, and
 * each other route is a file.
 */
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessionContext, userSessions } from '@pip-sessions/client/react-router';
import { createStaticHandler, type RouteObject } from 'react-router';

const client = createSessionsClient({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });

// #region routes
const login: RouteObject = {
  path: 'login',
  action: async ({ request, context }) => {
    const form = await request.formData();
    // Check the user's password here.
    const agent = request.headers.get('user-agent');
    await context.get(userSessionContext).login({ user_id: String(form.get('user')), client: agent });
    return Response.json({ signed_in: form.get('user') });
  },
};

const me: RouteObject = {
  path: 'me',
  middleware: [requireSession()],
  loader: ({ context }) => Response.json({ user: context.get(userSessionContext).required.user_id }),
};

const logout: RouteObject = {
  path: 'logout',
  action: async ({ context }) => {
    await context.get(userSessionContext).logout();
    return Response.json({ signed_out: true });
  },
};

const root: RouteObject = {
  path: '/',
  middleware: [userSessions({ client, development: true })],
  children: [login, me, logout, ...moreRoutes()],
};
// #endregion

/** The user's devices, and a payment that needs a second factor. */
function moreRoutes(): RouteObject[] {
  const devices: RouteObject = {
    path: 'devices',
    middleware: [requireSession()],
    loader: async ({ context }) => {
      const { items, current } = await context.get(userSessionContext).devices();
      return Response.json(items.map(({ id, client }) => ({ id, client, here: id === current })));
    },
  };
  const device: RouteObject = {
    path: 'devices/:id',
    middleware: [requireSession()],
    action: async ({ params, context }) => {
      return Response.json({ ended: await context.get(userSessionContext).endDevice(String(params.id)) });
    },
  };
  const secondFactor: RouteObject = {
    path: 'second-factor',
    middleware: [requireSession()],
    action: async ({ context }) => {
      const userSession = context.get(userSessionContext);
      // Check a one-time password here.
      await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
      return Response.json({ level: userSession.required.auth_level });
    },
  };
  const payments: RouteObject = {
    path: 'payments',
    middleware: [requireSession({ level: 2, max_age_s: 300 })],
    action: () => Response.json({ paid: true }),
  };
  return [devices, device, secondFactor, payments];
}

const handler = createStaticHandler([root]);
const respond = (request: Request): Promise<Response> =>
  handler.queryRoute(request, { generateMiddlewareResponse: (query) => query(request) });

const server = createServer(getRequestListener(respond));
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
