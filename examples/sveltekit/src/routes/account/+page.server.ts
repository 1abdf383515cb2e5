import { requireSession } from '@pip-sessions/client/sveltekit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  const { user_id, auth_methods } = requireSession(locals.userSession, { max_age_s: 3600 });
  return { user_id, auth_methods };
};
