import type { APIRoute } from 'astro';

export const POST: APIRoute = async ({ locals, redirect }) => {
  // Check a second factor here.
  await locals.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return redirect('/', 303);
};
