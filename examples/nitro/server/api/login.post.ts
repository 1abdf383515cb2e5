import { defineHandler } from 'nitro/h3';

export default defineHandler(async ({ req, context }) => {
  const form = await req.formData();
  // Check the user's password here.
  await context.userSession.login({ user_id: String(form.get('user')), client: req.headers.get('user-agent') });
  return { signed_in: form.get('user') };
});
