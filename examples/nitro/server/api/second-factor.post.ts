import { defineHandler } from 'nitro/h3';

export default defineHandler(async ({ context: { userSession } }) => {
  // Check a one-time password here.
  await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return { level: userSession.required.auth_level };
});
