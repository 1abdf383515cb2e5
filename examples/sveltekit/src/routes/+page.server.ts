import { redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ user: locals.userSession.current?.user_id ?? null });

export const actions: Actions = {
  login: async ({ request, locals }) => {
    const form = await request.formData();
    // Check the user's password here.
    await locals.userSession.login({ user_id: String(form.get('user')), auth_methods: ['pwd'] });
  },
  logout: async ({ locals }) => {
    await locals.userSession.logout();
    redirect(303, '/');
  },
};
