export default defineEventHandler(async (event) => {
  // Check a second factor here.
  await event.context.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return sendRedirect(event, '/', 303);
});
