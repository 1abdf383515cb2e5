export default defineEventHandler(async (event) => {
  const { user } = await readBody(event);
  // Check the user's password here.
  await event.context.userSession.login({ user_id: user, client: getHeader(event, 'user-agent') ?? null });
  return sendRedirect(event, '/', 303);
});
