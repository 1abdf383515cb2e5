import { requireSession } from '@pip-sessions/client/astro';
import type { APIRoute } from 'astro';

export const GET: APIRoute = ({ locals: { userSession } }) => {
  return requireSession(userSession) ?? Response.json({ user: userSession.required.user_id });
};
