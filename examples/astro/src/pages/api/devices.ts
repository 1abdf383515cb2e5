import type { APIRoute } from 'astro';

export const POST: APIRoute = async ({ request, locals, redirect }) => {
  const form = await request.formData();
  await locals.userSession.endDevice(String(form.get('id')));
  return redirect('/', 303);
};
