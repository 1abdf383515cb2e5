import { requireSession } from '@pip-sessions/client/astro';
import type { APIRoute } from 'astro';

export const POST: APIRoute = ({ locals, redirect }) => {
  return requireSession(locals.userSession, { level: 2, max_age_s: 300 }) ?? redirect('/?note=Paid', 303);
};
