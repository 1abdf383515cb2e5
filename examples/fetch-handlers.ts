/** Handlers that take a `Request` and return a `Response`: a route file of Next.js, a worker, Bun or Deno. */
import { createSessionsClient } from '@pip-sessions/client';
import { rejectionOf, requireSession, type UserSession, userSessions } from '@pip-sessions/client/fetch';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

// #region wrapper
const enter = userSessions({ client: createSessionsClient({ url, key: process.env.SESSIONS_KEY }), development: true });

type Handler = (request: Request, userSession: UserSession) => Response | Promise<Response>;

/** Finds the session before the handler, and adds the cookie and `Cache-Control` after it. */
function withSession(handle: Handler): (request: Request) => Promise<Response> {
  return async (request) => {
    const { rejection, userSession, respond } = await enter(request);
    if (rejection) return rejection;
    try {
      return respond(await handle(request, userSession));
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection) return respond(rejection.getResponse());
      throw error;
    }
  };
}
// #endregion

// #region handlers
export const GET = withSession((_, userSession) => {
  return requireSession(userSession) ?? Response.json({ user: userSession.required.user_id });
});

export const POST = withSession(async (request, userSession) => {
  const { user } = (await request.json()) as { readonly user: string };
  await userSession.login({ user_id: user });
  return Response.json({ signed_in: user });
});

export const DELETE = withSession(async (_, userSession) => {
  await userSession.logout();
  return Response.json({ signed_out: true });
});
// #endregion
