import type { APIRoute } from 'astro';

export const POST: APIRoute = async ({ request, locals, cookies, redirect }) => {
  const form = await request.formData();
  // Check the user's password here.
  const client = request.headers.get('user-agent');
  await locals.userSession.login({ user_id: String(form.get('user')), client, auth_methods: ['pwd'] });
  cookies.set('theme', 'dark', { path: '/' });
  return redirect('/', 303);
};
