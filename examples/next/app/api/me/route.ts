import { requireSession } from '@pip-sessions/client/next';
import { sessions } from '../../../sessions';

export const GET = sessions.route((userSession) => {
  return requireSession(userSession) ?? Response.json({ user: userSession.required.user_id });
});
