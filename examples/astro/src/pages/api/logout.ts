import type { APIRoute } from 'astro';

export const POST: APIRoute = async ({ locals, redirect }) => {
  await locals.userSession.logout();
  return redirect('/', 303);
};
