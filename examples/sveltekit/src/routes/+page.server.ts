import { requireSession } from '@pip-sessions/client/sveltekit';
import { redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { userSession } }) => {
  if (userSession.current === null) return { user: null, level: 0, devices: [] };
  const { user_id, auth_level } = userSession.current;
  const { items, current } = await userSession.devices();
  const devices = items.map(({ id, client }) => ({ id, client, here: id === current }));
  return { user: user_id, level: auth_level ?? 0, devices };
};

export const actions: Actions = {
  login: async ({ request, locals }) => {
    const form = await request.formData();
    // Check the user's password here.
    const client = request.headers.get('user-agent');
    await locals.userSession.login({ user_id: String(form.get('user')), client, auth_methods: ['pwd'] });
  },
  endDevice: async ({ request, locals }) => {
    const form = await request.formData();
    await locals.userSession.endDevice(String(form.get('id')));
  },
  confirm: async ({ locals }) => {
    // Check a second factor here.
    await locals.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  },
  pay: ({ locals }) => {
    requireSession(locals.userSession, { level: 2, max_age_s: 300 });
    return { note: 'Paid' };
  },
  logout: async ({ locals }) => {
    await locals.userSession.logout();
    redirect(303, '/');
  },
};
