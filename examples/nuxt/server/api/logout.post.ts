export default defineEventHandler(async (event) => {
  await event.context.userSession.logout();
  return sendRedirect(event, '/', 303);
});
