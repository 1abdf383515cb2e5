export default defineEventHandler(async (event) => {
  const { id } = await readBody(event);
  await event.context.userSession.endDevice(id);
  return sendRedirect(event, '/', 303);
});
